//! The example of the README does what it says, with the rights that it grants and no more.

use std::sync::Arc;

use resetgate::account::conformance::Cast;
use resetgate::account::{AccountSettings, Mark, Scheme};

use crate::contract::{cast, keeps_every_promise};
use crate::servers::postgres::Postgres;
use crate::sql::{Base, Server};

/// The first block of this language after the heading.
fn block(language: &str) -> &'static str {
    let section = include_str!("../../README.md").split_once("\n## SQL\n").unwrap().1;
    let rest = section.split_once(&format!("```{language}\n")).unwrap().1;
    rest.split_once("```").unwrap().0
}

/// The defaults with the example over them.
fn example() -> AccountSettings {
    #[derive(serde::Deserialize)]
    struct Root {
        account: AccountSettings,
    }
    let mut settings: toml::Table = include_str!("../../config/default.toml").parse().unwrap();
    let over: toml::Table = block("toml").parse().unwrap();
    let account = settings["account"].as_table_mut().unwrap();
    for (key, value) in over["account"].as_table().unwrap() {
        match value {
            toml::Value::Table(section) => {
                let section = section.iter().filter(|(key, _)| *key != "password_file");
                account[key].as_table_mut().unwrap().extend(section.map(|(key, value)| (key.clone(), value.clone())));
            }
            value => drop(account.insert(key.clone(), value.clone())),
        }
    }
    toml::from_str::<Root>(&settings.to_string()).unwrap().account
}

/// A database with the tables of the example, the people of the contract and the rights that the example grants.
pub async fn base() -> Base {
    let mut base = Base::bare(Server::Postgres(Postgres::shared())).await;
    let url = base.settings.sql.url.replace("root@", "resetgate@");
    base.settings = AccountSettings { timeout: base.settings.timeout, ..example() };
    (base.settings.sql.url, base.settings.hash.blf_cost) = (url, 4);
    let old = base.hashing().hash(&crate::contract::password("Old-Password-1")).await.unwrap();
    base.run(&format!(
        "CREATE TABLE person (id BIGINT PRIMARY KEY, address TEXT, aliases TEXT, phone TEXT, office TEXT, born TEXT,
            department TEXT, active BOOLEAN NOT NULL DEFAULT TRUE, password TEXT, changed TIMESTAMPTZ, expires TIMESTAMPTZ);
         DO $$ BEGIN CREATE ROLE resetgate LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
         INSERT INTO person (id, address, aliases, phone, born, active, password, changed) VALUES
            (1, 'zhang@example.org', 'zhang.san@example.org', '13800000000', NULL, TRUE, '{0}', '2026-11-22'),
            (2, 'li@example.org', NULL, NULL, NULL, TRUE, NULL, NULL),
            (3, 'wang@example.org', NULL, '13800000002', NULL, FALSE, '{0}', '2026-11-22'),
            (4, 'zhao@example.org', '', '010-55500100, 13800000003', NULL, TRUE, NULL, NULL),
            (5, 'qian@example.org', '', 'call me', '1990-02-31', TRUE, NULL, NULL);
         {1}",
        old.expose(),
        block("sql")
    ))
    .await;
    base
}

#[tokio::test]
async fn the_example_of_the_readme_keeps_every_promise() {
    let settings = example();
    assert_eq!(settings.check(), []);
    assert_eq!((settings.hash.scheme, settings.hash.prefix), (Scheme::BlfCrypt, Mark::Scheme));
    let base = base().await;
    let cast = Cast { refused: Some(crate::contract::password(&"aB3-".repeat(19))), ..cast() };
    keeps_every_promise(Arc::new(base.open().await), cast, &[]).await;
}
