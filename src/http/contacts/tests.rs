use super::*;

const FILE: &str = "\u{feff}domain,unit,name,phone,email,address,hours\r\n\
    example.gov.cn,市信息中心,王老师,0512-6888 1234,help@example.gov.cn,\"人民路1号, 302\",工作日 9:00–17:30\r\n\
    tax.example.gov.cn,市税务局,李老师,0512-6888 2222,,,\r\n\
    ,Tax Office (Harbour),Li,,li@example.gov.cn,,\r\n\
    邮箱.中国,,陈,1,,,\r\n";

fn found(contacts: &[&Contact]) -> Vec<String> {
    contacts.iter().map(|contact| contact.name.clone()).collect()
}

fn problem(rows: &str) -> String {
    Contacts::read(format!("domain,unit,name,phone,email,address,hours\n{rows}").as_bytes()).unwrap_err().to_string()
}

#[test]
fn a_spreadsheets_file_is_read_with_its_mark_line_ends_and_quotes() {
    let contacts = Contacts::read(FILE.as_bytes()).unwrap();
    assert_eq!(contacts.all().len(), 4);
    let first = &contacts.all()[0];
    assert_eq!((first.address.as_str(), first.hours.as_str()), ("人民路1号, 302", "工作日 9:00–17:30"));
    assert_eq!(contacts.all()[3].domain, "xn--c0zu34b.xn--fiqs8s");
}

#[test]
fn a_spreadsheets_gbk_with_semicolons_blank_rows_and_columns_is_read_and_told() {
    let text = "unit;name;phone;;\r\n;;;;\r\n税务局;李;０512-6888;;\r\n;;;;\r\n";
    let contacts = Contacts::read(&encoding_rs::GBK.encode(text).0).unwrap();
    assert_eq!(contacts.assumed(), Some("read as gb18030, separated by semicolons"));
    assert_eq!((contacts.all().len(), contacts.all()[0].phone.as_str()), (1, "0512-6888"));
    assert_eq!(found(&contacts.search("税务", "zh-CN")), ["李"]);
}

#[test]
fn the_example_file_is_right() {
    let example = Contacts::read(include_bytes!("../../../config/contacts.example.csv")).unwrap();
    assert!(example.all().len() >= 3);
    assert!(!example.of_domain("example.gov.cn", "zh-CN").is_empty());
}

#[test]
fn columns_may_stand_in_any_order_and_be_left_out() {
    let contacts = Contacts::read("phone,Name, unit\n1,王,局\n\n , ,\n".as_bytes()).unwrap();
    assert_eq!((contacts.all().len(), contacts.all()[0].unit.as_str()), (1, "局"));
}

#[test]
fn a_domain_without_contacts_gets_those_of_the_domain_above() {
    let contacts = Contacts::read(FILE.as_bytes()).unwrap();
    assert_eq!(found(&contacts.of_domain("TAX.example.gov.cn", "zh-CN")), ["李老师"]);
    assert_eq!(found(&contacts.of_domain("a.tax.example.gov.cn", "zh-CN")), ["李老师"]);
    assert_eq!(found(&contacts.of_domain("water.example.gov.cn", "zh-CN")), ["王老师"]);
    assert_eq!(found(&contacts.of_domain("邮箱.中国", "zh-CN")), ["陈"]);
    // A name that only ends alike lies not below, nor does the domain above belong to the one below.
    for stranger in ["notexample.gov.cn", "gov.cn", "cn", "", ".", "a b"] {
        assert!(contacts.of_domain(stranger, "zh-CN").is_empty(), "{stranger}");
    }
}

#[test]
fn a_search_takes_a_part_of_the_unit_a_domain_or_an_address_in_any_width_and_case() {
    let contacts = Contacts::read(FILE.as_bytes()).unwrap();
    for (text, names) in [
        ("税务", vec!["李老师"]),
        ("tax", vec!["李老师", "Li"]),
        ("ＴＡＸ　ｏｆｆｉｃｅ", vec!["Li"]),
        ("example.gov.cn", vec!["王老师", "李老师"]),
        ("water.example.gov.cn", vec!["王老师"]),
        ("zhang@Tax.Example.gov.cn", vec!["李老师"]),
        ("ｚｈａｎｇ＠ｔａｘ．ｅｘａｍｐｌｅ．ｇｏｖ．ｃｎ", vec!["李老师"]),
        ("王", vec![]),
        ("  ", vec![]),
        ("@", vec![]),
    ] {
        assert_eq!(found(&contacts.search(text, "zh-CN")), names, "{text}");
    }
    assert!(contacts.search(&"税".repeat(100_000), "zh-CN").is_empty());
}

#[test]
fn a_search_ends_at_fifty() {
    let contacts = Contacts::read(format!("unit,name,phone\n{}", "局,王,1\n".repeat(60)).as_bytes()).unwrap();
    assert_eq!(contacts.search("局", "zh-CN").len(), 50);
}

#[test]
fn what_is_wrong_is_told_with_line_and_column() {
    for (rows, expected) in [
        ("a.cn,局,王,1,,,\n\na b,局,王,1,,,\n", "line 4, column 1 (domain): `a b` is no domain"),
        ("a.cn,局,王,,it,,\n", "line 2, column 5 (email): a mail address has one @"),
        ("a.cn,局,,1,,,\n", "line 2: `name` is empty"),
        ("a.cn,局,王,,,,\n", "line 2: `phone` and `email` are empty"),
        (",,王,1,,,\n", "line 2: `domain` and `unit` are empty"),
        ("a.cn,局,王,1,,\n", "line 2: has 6 fields, the header has 7; put fields that hold commas in quotes"),
        ("a.cn,局,\"王\n李\",1,,,\n", "line 2, column 3 (name): is longer than 200 characters, or more than one line"),
    ] {
        let problem = problem(rows);
        assert!(problem.starts_with(expected), "{rows}: {problem}");
    }
    let long = "字".repeat(201);
    assert!(problem(&format!("a.cn,{long},王,1,,,\n")).starts_with("line 2, column 2 (unit)"));
    assert!(problem(&"a.cn,局,王,1,,,\n".repeat(MAX_ROWS + 1)).contains("line 10002: there are more than 10000"));
}

#[test]
fn a_header_that_is_missing_or_unknown_is_refused() {
    let problem = |text: &str| Contacts::read(text.as_bytes()).unwrap_err().to_string();
    assert!(problem("").starts_with("line 1: the header is missing; begin with domain,unit,name"));
    assert!(problem("domain,tel\n").starts_with("line 1: there is no column `tel`; the columns are domain,unit"));
    assert!(problem("name,name\n").starts_with("line 1, column 2 (name): the column `name` is there twice"));
}

proptest::proptest! {
    #[test]
    fn no_text_makes_contacts_panic(text in "\\PC{0,60}", rows in "([a.,\"\n\r王@]){0,40}") {
        let _ = Contacts::read(text.as_bytes());
        if let Ok(contacts) = Contacts::read(format!("domain,unit,name,phone\n{rows}").as_bytes()) {
            let _ = (contacts.search(&text, "zh-CN"), contacts.of_domain(&text, "zh-CN"));
        }
    }
}

#[test]
fn a_row_of_a_language_is_for_the_pages_in_it() {
    let rows = "domain,name,phone,language\na.cn,信息中心,1,zh-CN\na.cn,Information Centre,1,en\na.cn,Anybody,2,\nb.cn,只有中文,3,zh\n";
    let contacts = Contacts::read(rows.as_bytes()).unwrap();
    let names = |domain: &str, language: &str| -> Vec<String> {
        contacts.of_domain(domain, language).into_iter().map(|contact| contact.name.clone()).collect()
    };
    assert_eq!(names("a.cn", "en"), ["Information Centre", "Anybody"]);
    assert_eq!(names("a.cn", "zh-CN"), ["信息中心", "Anybody"]);
    assert_eq!(names("b.cn", "en"), ["只有中文"], "better than nobody");
    assert_eq!(contacts.search("a.cn", "en").len(), 2);
    let error = Contacts::read("domain,name,phone,language\na.cn,x,1,英文\n".as_bytes()).unwrap_err().to_string();
    assert!(error.contains("line 2, column 4 (language): `英文` is no language tag"), "{error}");
}
