//! Whether MariaDB or MySQL can take back what a statement writes. Tables of `MyISAM`, Aria or MEMORY know no transactions:
//! a statement that touched two rows by mistake would have changed both for good.

use super::address::Driver;
use super::cell::Cell;
use super::lexer;
use super::server::Session;
use super::statement::Statement;
use super::value::Values;

/// A table as a statement names it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Named {
    database: Option<String>,
    table: String,
}

/// A piece of a statement, as far as names of tables are concerned.
#[derive(Debug, PartialEq, Eq)]
enum Token {
    Name(String),
    Dot,
    Other,
}

/// What was found about the tables of one statement.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Undoing {
    /// What it writes can be taken back.
    Sure,
    /// It cannot be seen, and why.
    Unseen(String),
    /// It cannot.
    Never(String),
}

/// Asks the server for the engines of the tables that `statement` writes.
///
/// # Errors
/// What the server says instead.
pub(super) async fn undoing(session: &mut dyn Session, statement: &Statement) -> Result<Undoing, super::server::Fault> {
    let named = written_by(&statement.sql);
    if named.is_empty() {
        return Ok(Undoing::Unseen("its table is not seen; it must have transactions, as InnoDB has".to_owned()));
    }
    let question = Statement { sql: question(&named).into(), parameters: Vec::new(), ..statement.clone() };
    let rows = session.rows(&question, &Values::default(), usize::MAX - 1).await?;
    let tables: Vec<[String; 3]> = rows
        .into_iter()
        .map(|row| {
            let mut cells = row.into_iter().map(|(_, cell)| Cell::text(cell).unwrap_or_default());
            [(); 3].map(|()| cells.next().unwrap_or_default())
        })
        .collect();
    Ok(judge(&tables))
}

/// Name, engine, and what the server says of the engine's transactions.
fn judge(tables: &[[String; 3]]) -> Undoing {
    let without = tables.iter().find(|[_, engine, transactions]| !engine.is_empty() && transactions != "YES");
    if let Some([table, engine, _]) = without {
        return Undoing::Never(format!(
            "writes the table {table}, whose engine {engine} has no transactions, so that a wrong write could not be \
             taken back; ALTER TABLE {table} ENGINE = InnoDB"
        ));
    }
    match tables {
        [] => Undoing::Unseen("its table is not seen; it must have transactions, as InnoDB has".to_owned()),
        // A view has none.
        tables => match tables.iter().find(|[_, engine, _]| engine.is_empty()) {
            Some([view, ..]) => Undoing::Unseen(format!(
                "writes through {view}; the table behind it must have transactions, as InnoDB has"
            )),
            None => Undoing::Sure,
        },
    }
}

/// The names come out of the operator's own statement, and are written as texts here because the server has no other way
/// to be asked for several.
fn question(named: &[Named]) -> String {
    let conditions = named.iter().map(|Named { database, table }| {
        let database = database.as_ref().map_or_else(|| "DATABASE()".to_owned(), |name| format!("'{name}'"));
        format!("(t.table_schema = {database} AND t.table_name = '{table}')")
    });
    format!(
        "SELECT t.table_name AS table_name, coalesce(t.engine, '') AS engine, coalesce(e.transactions, '') AS transactions \
         FROM information_schema.tables AS t LEFT JOIN information_schema.engines AS e ON e.engine = t.engine \
         WHERE {}",
        conditions.collect::<Vec<_>>().join(" OR ")
    )
}

/// Everything that stands where the tables of a write stand. A name that is none of a table is one the server does not
/// know; empty where the statement begins like no plain write.
fn written_by(sql: &str) -> Vec<Named> {
    let tokens = tokens(sql);
    let is = |token: &Token, word: &str| matches!(token, Token::Name(name) if name.eq_ignore_ascii_case(word));
    let Some((first, rest)) = tokens.split_first() else { return Vec::new() };
    if is(first, "UPDATE") {
        let end = rest.iter().position(|token| is(token, "SET")).unwrap_or(rest.len());
        return names(&rest[..end]);
    }
    let skipped = ["LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "IGNORE", "QUICK", "INTO", "FROM"];
    if ["INSERT", "REPLACE", "DELETE"].iter().any(|word| is(first, word)) {
        let from = rest.iter().position(|token| !skipped.iter().any(|word| is(token, word))).unwrap_or(rest.len());
        return names(&rest[from..]).into_iter().take(1).collect();
    }
    Vec::new()
}

fn names(tokens: &[Token]) -> Vec<Named> {
    let (mut found, mut at) = (Vec::<Named>::new(), 0);
    while at < tokens.len() {
        let named = match &tokens[at..] {
            [Token::Name(database), Token::Dot, Token::Name(table), ..] => {
                at += 3;
                Named { database: Some(database.clone()), table: table.clone() }
            }
            [Token::Name(table), ..] => {
                at += 1;
                Named { database: None, table: table.clone() }
            }
            _ => {
                at += 1;
                continue;
            }
        };
        if !found.contains(&named) {
            found.push(named);
        }
    }
    found
}

fn tokens(sql: &str) -> Vec<Token> {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(sign) = sql[at..].chars().next() {
        let rest = &sql[at..];
        // It was read once already, so that nothing in it is left open.
        if let Ok(Some(length)) = lexer::opaque(rest, false, Driver::MySql) {
            if sign == '`' {
                found.push(quoted(&rest[1..length - 1]));
            } else if sign == '\'' || sign == '"' {
                found.push(Token::Other);
            }
            at += length;
            continue;
        }
        let length = rest.find(|sign| !lexer::is_word(Some(sign)) && sign != '$').unwrap_or(rest.len());
        match (length, sign) {
            (0, '.') => found.push(Token::Dot),
            (0, sign) if sign.is_whitespace() => {}
            (0, _) => found.push(Token::Other),
            (length, _) => found.push(Token::Name(rest[..length].to_owned())),
        }
        at += length.max(sign.len_utf8());
    }
    found
}

/// A name in back quotes. One that would have to be escaped is left unseen.
fn quoted(name: &str) -> Token {
    if name.contains(['`', '\'', '\\']) { Token::Other } else { Token::Name(name.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(sql: &str) -> Vec<String> {
        let shown = |it: Named| it.database.map(|name| name + ".").unwrap_or_default() + &it.table;
        written_by(sql).into_iter().map(shown).collect()
    }

    #[test]
    fn the_tables_of_a_write_are_seen_and_its_columns_and_texts_are_not() {
        for (sql, tables) in [
            ("UPDATE mailbox SET domain = ? WHERE x IN (SELECT y FROM alias)", &["mailbox"][..]),
            ("-- alias\n update /* alias */ `mail box`.`mailbox` set a = 'alias'", &["mail box.mailbox"]),
            (
                "UPDATE mailbox AS m JOIN vmail.domain d ON d.k = 'SET' SET m.a = 1",
                &["mailbox", "AS", "m", "JOIN", "vmail.domain", "d", "ON", "d.k"],
            ),
            ("INSERT IGNORE INTO resetgate_write (challenge) VALUES (?)", &["resetgate_write"]),
            ("REPLACE vmail . written SELECT 1 FROM alias", &["vmail.written"]),
            ("WITH a AS (SELECT 1) UPDATE b SET c = 1", &[]),
            ("CALL write_it(?, ?)", &[]),
            ("UPDATE `a'b` SET c = 1", &[]),
            ("", &[]),
        ] {
            assert_eq!(named(sql), tables, "{sql}");
        }
    }

    #[test]
    fn one_table_without_transactions_is_enough_and_a_view_is_doubtful() {
        let of = |tables: &[[&str; 3]]| judge(&tables.iter().map(|row| row.map(str::to_owned)).collect::<Vec<_>>());
        let (sound, aria, view) = (["m", "InnoDB", "YES"], ["w", "Aria", "NO"], ["v", "", ""]);
        assert_eq!(of(&[sound]), Undoing::Sure);
        assert!(matches!(of(&[sound, view, aria]), Undoing::Never(text) if text.contains("ALTER TABLE w")));
        assert!(matches!(of(&[sound, view]), Undoing::Unseen(text) if text.contains("through v")));
        assert!(matches!(of(&[]), Undoing::Unseen(_)));
    }

    proptest::proptest! {
        #[test]
        fn parsing_any_statement_never_panics_and_leaves_no_quote(sql in "(UPDATE|INSERT INTO) [a-z`'\"\\\\. é/*#-]{0,40}") {
            for Named { database, table } in written_by(&sql) {
                proptest::prop_assert!(!table.contains('\'') && !database.unwrap_or_default().contains('\''));
            }
        }
    }
}
