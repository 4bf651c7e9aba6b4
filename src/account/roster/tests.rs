use super::*;
use crate::domain::Region;

const HEADER: &str = "address,aliases,name,unit,mobile,work_phone,birthday,password_hash,enabled";

fn roster(text: &str) -> Result<Roster, RosterError> {
    read(text.as_bytes(), Region::CN)
}

fn problems(rows: &str) -> Vec<String> {
    match roster(&format!("{HEADER}\n{rows}")) {
        Err(RosterError::Rows(problems)) => problems.iter().map(RowProblem::to_string).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_spreadsheet_file_with_mark_quotes_and_crlf_is_read() {
    let text = format!(
        "\u{feff}{HEADER}\r\nZhangSan@Example.gov.cn,zs@example.gov.cn; san@example.gov.cn,\"张三, 主任\",信息中心,\
         13800000000,010-55500123,1990-01-02,,\r\n\r\nlisi@example.gov.cn,,,,,,,,no\r\n"
    );
    let roster = roster(&text).unwrap();
    let first = &roster.rows[0];
    assert_eq!((first.line, first.account.address.as_str()), (2, "zhangsan@example.gov.cn"));
    let aliases: Vec<_> = first.account.aliases.iter().map(crate::domain::MailboxAddress::as_str).collect();
    assert_eq!(aliases, ["san@example.gov.cn", "zs@example.gov.cn"]);
    assert_eq!(first.account.name.as_deref(), Some("张三, 主任"));
    assert_eq!(first.account.mobile.as_ref().unwrap().e164(), "+8613800000000");
    assert_eq!(first.account.birthday.unwrap().to_string(), "1990-01-02");
    assert!(first.account.enabled && !first.says_enabled);
    assert_eq!((roster.rows[1].line, roster.rows[1].account.enabled), (4, false), "after an empty line");
}

#[test]
fn only_the_address_column_must_be_there_and_their_order_is_free() {
    let roster = roster("name,address\n张三,zhangsan@example.gov.cn\n").unwrap();
    assert_eq!(roster.columns, [Column::Name, Column::Address]);
}

#[test]
fn a_wrong_header_is_told_by_name() {
    let header = |text: &str| match roster(text) {
        Err(RosterError::File(error)) => error.problem,
        other => panic!("{other:?}"),
    };
    assert!(header("address,phone\n").contains("no column `phone`"));
    assert!(header("name,unit\n").contains("`address` is missing"));
    assert!(header("address,name,name\n").contains("`name` is there twice"));
    assert!(header("").contains("the header is missing; begin with address,"));
    assert!(header("a@example.org,张三\n").contains("the columns are address,aliases"));
}

/// case 70: a number that cannot receive a code is told at import, with its line.
#[test]
fn every_bad_row_is_listed_with_its_line_and_column() {
    let listed = problems(
        "zhangsan,,,,,,,,\n\
         \"a@example.org\",,\"two\nlines\",,110,,,,\n\
         b@example.org,,,,,,1990-02-30,,\n\
         c@example.org,,,,,,,$2b$10$x,maybe\n\
         d@example.org,,\n\
         e@example.org,x y@example.org,,,,,,,\n",
    );
    let begins = [
        "line 2, address: a mail address has one @",
        "line 3, mobile: not a",
        "line 5, birthday: not a day",
        "line 6, password_hash: not a sound BLF-CRYPT hash",
        "line 6, enabled: is neither true nor false",
        "line 7: has 3 fields, the header has 9",
        "line 8, aliases: the name before the @",
    ];
    assert_eq!(listed.len(), begins.len(), "{listed:?}");
    for (problem, begin) in listed.iter().zip(begins) {
        assert!(problem.starts_with(begin), "{problem}");
    }
}

#[test]
fn an_address_that_two_rows_have_is_told_with_both_lines() {
    let listed =
        problems("a@example.org,b@example.org,,,,,,,\nB@example.org,,,,,,,,\nc@example.org,c@example.org,,,,,,,\n");
    assert_eq!(
        listed,
        ["line 3, address: b@example.org is already in line 2", "line 4, aliases: c@example.org is already in line 4"]
    );
}

/// As a Chinese spreadsheet saves plain "CSV": GBK, semicolons, nameless columns at the end and rows without anything.
#[test]
fn a_file_of_gbk_and_semicolons_with_blank_rows_and_columns_is_read_and_told() {
    let text = "address;name;mobile;birthday;;\r\n;;;;;\r\n\
                a@example.org;张三;138-0000-0000;1990/1/2;;\r\n;;;;;\r\n;;;;;\r\n";
    let roster = read(&encoding_rs::GBK.encode(text).0, Region::CN).unwrap();
    assert_eq!(roster.assumed.as_deref(), Some("read as gb18030, separated by semicolons"));
    let [row] = roster.rows.as_slice() else { panic!("{roster:?}") };
    assert_eq!((row.line, row.account.name.as_deref()), (3, Some("张三")));
    assert_eq!(row.account.birthday.unwrap().to_string(), "1990-01-02");
    let Err(RosterError::File(error)) = read(b"address,name\na@example.org,\xff\xff\n", Region::CN) else { panic!() };
    assert_eq!(error.to_string(), "line 2: is neither UTF-8 nor GB18030; save the file as \"CSV UTF-8\"");
}

#[test]
fn cells_are_read_through_what_nobody_sees_or_refused_by_name() {
    let rows = "\u{feff}a＠example.org\u{a0},b@example.org；c@example.org,,,\u{202a}13800000000\u{202c},,1990年1月2日,,ＹＥＳ\n\
                d@example.org,,,,138\u{2010}0000\u{2015}0001,,19900102,,\n\
                e@example.org,,,,\u{200b},,0000-00-00,,\n";
    let roster = roster(&format!("{HEADER}\n{rows}")).unwrap();
    let read: Vec<_> = roster.rows.iter().map(|row| &row.account).collect();
    let mobiles: Vec<_> = read.iter().map(|account| account.mobile.as_ref().map(PhoneNumber::e164)).collect();
    assert_eq!(mobiles, [Some("+8613800000000"), Some("+8613800000001"), None]);
    let days: Vec<_> = read.iter().map(|account| account.birthday.map(|day| day.to_string())).collect();
    assert_eq!(days, [Some("1990-01-02".to_owned()), Some("1990-01-02".to_owned()), None]);
    assert_eq!((read[0].address.as_str(), read[0].aliases.len(), read[0].enabled), ("a@example.org", 2, true));
    assert_eq!(
        problems("a@example.org,,,,1.38E+10,,02/01/1990,,\nb\u{200b}b@example.org,,,,,,,,\n"),
        [
            "line 2, mobile: not a valid phone number; write it like 13800000000 or +8613800000000",
            "line 2, birthday: not a day; write it like 1990-01-02",
            "line 3, address: the mail address holds a sign that cannot be seen; type it anew instead of pasting it"
        ]
    );
}

/// case 77: what a spreadsheet, a page, SQL or a directory would run is a text like any other.
#[test]
fn fields_are_kept_literally() {
    let literal = [
        "=cmd|' /C calc'!A0",
        "<script>x</script>",
        "a\r\nBcc: b",
        "'; DROP TABLE account;--",
        "*)(uid=*",
        "${jndi:x}",
    ];
    for text in literal {
        let roster = roster(&format!("address,name\na@example.org,\"{text}\"\n")).unwrap();
        assert_eq!(roster.rows[0].account.name.as_deref(), Some(text));
    }
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read_or_refused_without_a_panic(tail in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
        let _ = read(&tail, Region::CN);
        let _ = read(&[b"address,name,mobile,birthday,enabled\n", &tail[..]].concat(), Region::CN);
    }
}
