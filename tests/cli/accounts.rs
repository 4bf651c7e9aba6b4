//! `resetgate account` on a file, from the first person to the last.

use crate::site::{ANNA, OLD, Site};

#[test]
fn accounts_are_added_shown_bound_and_checked() {
    let site = Site::new("http://127.0.0.1:1/send", "");
    let none = site.run(&["account", "list"]).expect(4);
    assert!(none.err.contains("there is no account file"), "{}", none.err);
    let site = site.with_anna();
    let again = site.run(&["account", "add", ANNA]).expect(1);
    assert!(again.err.contains("already belongs to an account"), "{}", again.err);

    let listed = site.run(&["account", "list"]).expect(0);
    assert!(listed.out.contains(ANNA) && listed.out.contains("138****8001"), "{}", listed.out);
    assert!(!listed.out.contains("13800138001"));
    let shown = site.run(&["account", "show", ANNA, "--format", "json"]).expect(0);
    let shown: serde_json::Value = serde_json::from_str(&shown.out).unwrap();
    assert_eq!((&shown["address"], &shown["has_password"]), (&ANNA.into(), &true.into()));
    let whole = site.run(&["account", "show", ANNA, "--reveal"]).expect(0);
    assert!(whole.out.contains("13800138001") && whole.out.contains("1990-01-02"), "{}", whole.out);

    site.run(&["account", "set-phone", ANNA, "13900139001"]).expect(0);
    assert!(site.run(&["account", "show", ANNA]).expect(0).out.contains("139****9001"));
    assert!(site.run(&["account", "set-phone", ANNA, "110"]).expect(2).err.contains("cannot receive a code"));
    site.run(&["account", "set-phone", ANNA, "--none"]).expect(0);
    assert!(!site.run(&["account", "show", ANNA]).expect(0).out.contains("139****9001"));
    site.run(&["account", "set-phone", "nobody@example.gov.cn", "13900139001"]).expect(1);

    site.run_with(&["account", "verify", ANNA], OLD).expect(0);
    let wrong = site.run_with(&["account", "verify", ANNA], "Wrong-Password-2025").expect(1);
    assert!(wrong.out.contains("the password is wrong") && !wrong.out.contains("Wrong-Password"), "{}", wrong.out);
}

#[test]
fn a_store_is_tried_on_an_account_that_keeps_its_password() {
    let site = Site::new("http://127.0.0.1:1/send", "");
    let none = site.run_with(&["store", "check", "--account", ANNA], OLD).expect(4);
    assert!(none.err.contains("there is no account file"), "{}", none.err);
    let site = site.with_anna();
    let read = site.run_with(&["store", "check", "--account", ANNA], OLD).expect(0);
    assert!(read.out.contains("kept       an address is looked up exactly"), "{}", read.out);
    assert!(
        read.out.contains("not tried  an address and its alias name one account: no alias was named"),
        "{}",
        read.out
    );
    assert!(!read.out.contains("a repeat is recognised"), "{}", read.out);
    let written = site.run_with(&["store", "check", "--account", ANNA, "--write"], OLD).expect(0);
    assert!(written.out.contains("kept       a repeat is recognised by its challenge"), "{}", written.out);
    assert!(written.out.contains(" 0 broken") && !written.out.contains(OLD), "{}", written.out);
    site.run_with(&["account", "verify", ANNA], OLD).expect(0);
    let wrong = site.run_with(&["store", "check", "--account", ANNA], "Wrong-Password-2025").expect(1);
    assert!(wrong.out.contains("the present password does not sign in"), "{}", wrong.out);
}

#[test]
fn a_file_of_people_is_imported_whole_or_not_at_all() {
    let site = Site::new("http://127.0.0.1:1/send", "");
    let file = site.path("staff.csv");
    let name = file.to_str().unwrap();
    std::fs::write(
        &file,
        "address,name,mobile\nbert@example.gov.cn,伯特,13800138002\ncarl@example.gov.cn,卡尔,95588\n",
    )
    .unwrap();
    let refused = site.run(&["account", "import", name]).expect(1);
    assert!(refused.err.contains("line 3") && refused.err.contains("nothing was imported"), "{}", refused.err);

    std::fs::write(&file, "address,name,mobile\nbert@example.gov.cn,伯特,13800138002\ncarl@example.gov.cn,卡尔,\n")
        .unwrap();
    let tried = site.run(&["account", "import", name, "--dry-run"]).expect(0);
    assert!(tried.out.contains("dry run: 2 added"), "{}", tried.out);
    assert!(!site.path("accounts.db").exists(), "a dry run makes no file");
    assert!(site.run(&["account", "import", name]).expect(0).out.contains("2 added, 0 unchanged"));
    assert!(site.run(&["account", "import", name]).expect(0).out.contains("0 added, 2 unchanged"));
    let listed = site.run(&["account", "list", "--format", "json"]).expect(0).out;
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(listed.as_array().unwrap().len(), 2);
}
