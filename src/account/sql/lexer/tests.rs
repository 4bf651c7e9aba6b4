use super::*;

const ALL: [Driver; 3] = [Driver::Postgres, Driver::MySql, Driver::Sqlite];

fn names(sql: &str, driver: Driver) -> Vec<&str> {
    let pieces = cut(sql, driver).unwrap_or_else(|flaw| panic!("{sql}: {flaw}"));
    pieces.iter().filter_map(|piece| if let Piece::Parameter(name) = piece { Some(*name) } else { None }).collect()
}

#[test]
fn parameters_are_found_wherever_the_server_would_take_a_value() {
    for driver in ALL {
        for (sql, found) in [
            ("SELECT 1", &[][..]),
            ("SELECT * FROM a WHERE b=:address AND c IN(:id,:now)", &["address", "id", "now"]),
            ("UPDATE a SET b=:hash,c=:now;", &["hash", "now"]),
            ("UPDATE a SET b = :hash ; -- done\n/* and */ ;\n", &["hash"]),
            (":id", &["id"]),
            ("a = :id_2x)", &["id_2x"]),
            ("SELECT '密码' || :address", &["address"]),
        ] {
            assert_eq!(names(sql, driver), found, "{driver:?} {sql}");
        }
    }
    assert_eq!(names("SELECT :now::date, a[1:2]", Driver::Postgres), ["now"]);
    assert_eq!(names("SELECT @a := :id", Driver::MySql), ["id"]);
}

#[test]
fn what_stands_in_texts_names_and_comments_is_no_parameter() {
    for driver in ALL {
        for sql in [
            "SELECT ':a', 'it''s :b', \":c\", \"d\"\":e\"",
            "SELECT 1 -- :a\n",
            "SELECT 1 -- :a ; SELECT 2",
            "SELECT /* :a ; ' */ 1",
            "SELECT '10:00', '::', '--', '/*'",
            "SELECT a::text",
        ] {
            assert_eq!(names(sql, driver), [""; 0], "{driver:?} {sql}");
        }
    }
    assert_eq!(names(r"SELECT 'a\':b' , :c", Driver::MySql), ["c"]);
    assert_eq!(names(r"SELECT 'a\' , :c", Driver::Postgres), ["c"]);
    assert_eq!(names(r"SELECT E'a\':b' , :c", Driver::Postgres), ["c"]);
    assert_eq!(names(r"SELECT e'a\\' , :c", Driver::Postgres), ["c"]);
    assert_eq!(names(r"SELECT name'a\' , :c", Driver::Postgres), ["c"], "the E belongs to the word before");
    assert_eq!(names("SELECT $$:a$$, $t$ $$ :b $t$, :c", Driver::Postgres), ["c"]);
    assert_eq!(names("SELECT /* /* :a */ :b */ :c", Driver::Postgres), ["c"]);
    assert_eq!(names("SELECT /* /* :a */ :c", Driver::MySql), ["c"]);
    assert_eq!(names("SELECT `:a`, 1 # :b ' \n, :c", Driver::MySql), ["c"]);
    assert_eq!(names("SELECT [:a], `:b`, :c", Driver::Sqlite), ["c"]);
    assert_eq!(names("SELECT ARRAY[:a]", Driver::Postgres), ["a"]);
}

#[test]
fn what_cannot_be_one_statement_with_named_values_is_refused_with_the_reason() {
    for (sql, driver, reason) in [
        ("UPDATE a SET b = 1; DELETE FROM a", Driver::Postgres, "more than one statement"),
        ("SELECT ?", Driver::MySql, "`?`"),
        ("SELECT ?1", Driver::Sqlite, "`?`"),
        ("SELECT $1", Driver::Postgres, "`$1`"),
        ("SELECT 'a", Driver::MySql, "closing"),
        ("SELECT $x$ a", Driver::Postgres, "$x$"),
        ("SELECT /* a", Driver::Sqlite, "/*"),
        ("SELECT /*! :a */ 1", Driver::MySql, "version comment"),
        ("SELECT /*M! :a */ 1", Driver::MySql, "version comment"),
    ] {
        let flaw = cut(sql, driver).unwrap_err();
        assert!(flaw.contains(reason), "{sql}: {flaw}");
    }
    assert!(cut("SELECT a ? 'b'", Driver::Postgres).is_ok(), "an operator of JSON");
}

proptest::proptest! {
    /// Whatever is written, nothing is lost: the pieces put together again are the statement.
    #[test]
    fn parsing_any_text_never_panics_and_loses_nothing(
        sql in "(SELECT|:a|::|'|\"|`|\\[|\\]|\\$|\\$t\\$|/\\*|\\*/|--|#|\n|\\\\|E|\\PC){0,40}", which in 0..3_usize
    ) {
        if let Ok(pieces) = cut(&sql, ALL[which]) {
            let whole: String = pieces.iter().map(|piece| match piece {
                Piece::Verbatim(text) => (*text).to_owned(),
                Piece::Parameter(name) => format!(":{name}"),
            }).collect();
            proptest::prop_assert!(sql.starts_with(&whole));
        }
    }
}
