//! Dovecot beside the stores that people already have, with the files of `config/dovecot`: PostgreSQL, MariaDB, slapd.

use std::sync::Arc;

use jiff::tz::TimeZone;
use resetgate::account::ldap::LdapAccounts;
use resetgate::account::sql::{SqlAccounts, SqlPreset};
use resetgate::account::{AccountStore, HashPool, Scheme, Surroundings};
use resetgate::domain::{Clock, SystemClock, SystemRandom};
use serde_json::json;

use super::{
    ALIAS, NEW, hook, installed, sessions_stay_when_that_is_wanted, setup, the_old_password_is_out_at_once,
    without_the_hook_the_cache_keeps_the_old_password,
};
use crate::contract::password;
use crate::harness::{ANNA, DISABLED, OLD_PASSWORD, TestApp};
use crate::servers::dovecot::{Dovecot, Ports};
use crate::servers::mariadb::MariaDb;
use crate::servers::slapd::{BASE, SERVICE, SERVICE_PASSWORD, Setup as Directory, Slapd};
use crate::sql::{Base, Server};

/// Accounts somewhere, and what Dovecot needs to read them.
struct Place {
    store: Arc<dyn AccountStore>,
    driver: &'static str,
    args: String,
    held: Held,
}

/// What must live as long as the accounts.
enum Held {
    Database(Box<Base>, &'static str),
    Directory(Slapd),
}

impl Place {
    async fn postgresql() -> Self {
        let base = crate::sql_readme::base().await;
        let old = old_hash(&base).await;
        base.run(&format!(
            "INSERT INTO person (id, address, aliases, phone, active, password, changed) VALUES
                (11, '{ANNA}', '{ALIAS}', '13800138000', TRUE, '{old}', '2026-01-01'),
                (12, '{DISABLED}', NULL, '13900139000', FALSE, '{old}', '2026-01-01')"
        ))
        .await;
        let Server::Postgres(server) = &base.server else { panic!("it is PostgreSQL") };
        let connect = format!("host=127.0.0.1 port={} dbname={} user=root", server.port, base.database);
        let args = installed("postgresql", &[("connect", &connect)]);
        let expire = "UPDATE person SET expires = now() + interval '1 second' * :seconds WHERE id = 11";
        Self::over(base, args, expire).await
    }

    async fn mariadb() -> Self {
        let tables = crate::sql_presets::postfixadmin("TINYINT(1)", "DATETIME NOT NULL DEFAULT '2000-01-01 00:00:00'");
        let mut base = Base::bare(Server::MariaDb(MariaDb::shared())).await;
        base.run(&tables).await;
        base.settings.sql.preset = SqlPreset::PostfixAdmin;
        base.settings.hash.scheme = Scheme::Sha512Crypt;
        let old = old_hash(&base).await;
        base.run(&format!(
            "INSERT INTO domain (domain, password_expiry) VALUES ('example.gov.cn', 365);
             INSERT INTO mailbox (username, password, domain, active, phone, modified, password_expiry) VALUES
                ('{ANNA}', '{old}', 'example.gov.cn', TRUE, '13800138000', '2026-01-01', '2036-01-01'),
                ('{DISABLED}', '{old}', 'example.gov.cn', FALSE, '13900139000', '2026-01-01', '2036-01-01');
             INSERT INTO alias (address, goto, domain) VALUES ('{ALIAS}', '{ANNA}', 'example.gov.cn')"
        ))
        .await;
        let Server::MariaDb(server) = &base.server else { panic!("it is MariaDB") };
        let connect = format!("host=127.0.0.1 port={} dbname={} user=mail", server.port, base.database);
        let args = installed("postfixadmin", &[("connect", &connect)]);
        let expire =
            "UPDATE mailbox SET password_expiry = utc_timestamp() + interval :seconds second WHERE active = TRUE";
        Self::over(base, args, expire).await
    }

    async fn over(base: Base, args: String, expire: &'static str) -> Self {
        let clock = Arc::new(SystemClock::start());
        let store = Arc::new(SqlAccounts::open(&base.settings, base.hashing(), clock).await.unwrap());
        Self { store, driver: "sql", args, held: Held::Database(Box::new(base), expire) }
    }

    fn openldap() -> Self {
        let person = |uid: &str, mail: &str, more: &str| {
            format!(
                "\ndn: uid={uid},{BASE}\nobjectClass: inetOrgPerson\nobjectClass: mailPerson\nuid: {uid}\ncn: {uid}\n\
                 sn: {uid}\nmail: {mail}\nmobile: 13800138000\nuserPassword: {OLD_PASSWORD}\n{more}\n"
            )
        };
        let anna = person("anna", ANNA, &format!("mailAlternateAddress: {ALIAS}"));
        let carl = person("carl", DISABLED, "pwdAccountLockedTime: 000001010000Z");
        let rights = format!(
            "access to attrs=userPassword by dn.exact={SERVICE} =w by anonymous auth\n\
             access to attrs=mobile,pwdEndTime by dn.exact={SERVICE} write\naccess to * by dn.exact={SERVICE} read\n"
        );
        let entries = anna + &carl;
        let server = Slapd::start(&Directory { entries: &entries, rights: Some(&rights), ..Directory::default() });
        // Without it the directory lets a locked account in.
        server.change("dn: cn=policy,dc=example,dc=org\nchangetype: modify\nadd: pwdLockout\npwdLockout: TRUE\n");
        let more = format!("ldap.urls = [\"{}\"]\nldap.password = {{ expiry = \"pwdEndTime\" }}", server.url());
        let settings = crate::ldap::settings(&more);
        let around = Surroundings { clock: Arc::new(SystemClock::start()), random: Arc::new(SystemRandom) };
        let hashing = HashPool::new(&settings.hash, Arc::clone(&around.random)).unwrap();
        let store = Arc::new(LdapAccounts::new(&settings, hashing, &around).unwrap());
        let args = installed(
            "ldap",
            &[("uris", &server.url()), ("dn", SERVICE), ("dnpass", SERVICE_PASSWORD), ("base", BASE)],
        );
        Self { store, driver: "ldap", args, held: Held::Directory(server) }
    }

    async fn scene(&self, settings: &str, ports: Ports) -> (TestApp, Dovecot) {
        let app = TestApp::start_with(setup(settings, Some(Arc::clone(&self.store)))).await;
        (app, Dovecot::start(ports, self.driver, &self.args).await)
    }

    /// Anna's password ends so many seconds from now.
    async fn let_expire(&self, seconds: i64) {
        match &self.held {
            Held::Database(base, statement) => base.run(&statement.replace(":seconds", &seconds.to_string())).await,
            Held::Directory(server) => {
                let end = now() + jiff::SignedDuration::from_secs(seconds);
                let end = end.to_zoned(TimeZone::UTC).strftime("%Y%m%d%H%M%SZ").to_string();
                let ldif = "changetype: modify\nreplace: pwdEndTime\npwdEndTime";
                server.change(&format!("dn: uid=anna,{BASE}\n{ldif}: {end}\n"));
            }
        }
    }

    async fn the_hook_shuts_the_old_password_out(&self) {
        let ports = Ports::free();
        let (app, dovecot) = self.scene(&hook(ports), ports).await;
        the_old_password_is_out_at_once(&app, &dovecot).await;
        assert!(!dovecot.lets_in(DISABLED, OLD_PASSWORD).await);
    }

    async fn without_it_the_cache_remembers(&self) {
        let (app, dovecot) = self.scene("", Ports::free()).await;
        without_the_hook_the_cache_keeps_the_old_password(&app, &dovecot).await;
    }

    async fn sessions_can_stay(&self) {
        let ports = Ports::free();
        let (app, dovecot) = self.scene(&hook(ports), ports).await;
        sessions_stay_when_that_is_wanted(&app, &dovecot).await;
    }

    /// The validity that was chosen is written, and the file of `config/dovecot` keeps to it.
    async fn what_has_run_out_opens_no_door(&self) {
        let ports = Ports::free();
        let (app, dovecot) = self.scene(&hook(ports), ports).await;
        let anna = app.claimant().verified(ANNA).await;
        let body = json!({ "new_password": NEW, "max_age": "P3M" });
        let done = anna.holder().post(&anna.path("/complete"), &body).await.expect(200);
        assert!(done.text("password_expires_at").parse::<jiff::Timestamp>().unwrap() > now());
        // Before it was ever let in, because what the cache holds it does not ask about.
        for (seconds, is_let_in) in [(-1, false), (600, true)] {
            self.let_expire(seconds).await;
            assert_eq!(dovecot.lets_in(ANNA, NEW).await, is_let_in, "{}", dovecot.log());
        }
    }
}

/// By the clock that databases and directories go by.
fn now() -> jiff::Timestamp {
    jiff::Timestamp::from_millisecond(SystemClock::start().now().as_millis()).unwrap()
}

async fn old_hash(base: &Base) -> String {
    base.hashing().hash(&password(OLD_PASSWORD)).await.unwrap().expose().to_owned()
}

#[tokio::test]
async fn over_postgresql_the_old_password_is_out_at_once() {
    Place::postgresql().await.the_hook_shuts_the_old_password_out().await;
}

#[tokio::test]
async fn over_postgresql_without_the_hook_the_cache_keeps_the_old_password() {
    Place::postgresql().await.without_it_the_cache_remembers().await;
}

#[tokio::test]
async fn over_postgresql_sessions_stay_and_what_has_run_out_opens_no_door() {
    Place::postgresql().await.sessions_can_stay().await;
    Place::postgresql().await.what_has_run_out_opens_no_door().await;
}

#[tokio::test]
async fn over_mariadb_the_old_password_is_out_at_once() {
    Place::mariadb().await.the_hook_shuts_the_old_password_out().await;
}

#[tokio::test]
async fn over_mariadb_without_the_hook_the_cache_keeps_the_old_password() {
    Place::mariadb().await.without_it_the_cache_remembers().await;
}

#[tokio::test]
async fn over_mariadb_sessions_stay_and_what_has_run_out_opens_no_door() {
    Place::mariadb().await.sessions_can_stay().await;
    Place::mariadb().await.what_has_run_out_opens_no_door().await;
}

#[tokio::test]
async fn over_openldap_the_old_password_is_out_at_once() {
    Place::openldap().the_hook_shuts_the_old_password_out().await;
}

#[tokio::test]
async fn over_openldap_without_the_hook_the_cache_keeps_the_old_password() {
    Place::openldap().without_it_the_cache_remembers().await;
}

#[tokio::test]
async fn over_openldap_sessions_stay_and_what_has_run_out_opens_no_door() {
    Place::openldap().sessions_can_stay().await;
    Place::openldap().what_has_run_out_opens_no_door().await;
}
