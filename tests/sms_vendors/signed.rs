//! case 2, case 84, case 87: what our own providers send is read by clouds that know the vendors' descriptions alone.

use std::sync::Arc;
use std::time::Duration;

use resetgate::domain::{Condition, Finding, ManualClock, Timestamp};
use resetgate::sms::{
    ConsoleWriter, SmsError, SmsFault, SmsProvider, SmsSettings, Surroundings, Transcript, build_one,
};

use crate::clouds::{Cloud, KEY_ID, KEY_SECRET, NOW, aliyun, huawei, tencent};
use crate::gateway::{CODE, NUMBER, ORDER, message};

const ALIYUN: &str = "kind = \"aliyun\"\nsign_name = \"市政邮箱\"\nparams_by_name = { code = \"{code}\", min = \"{minutes}\" }\n\
                      template.code = { zh-CN = \"SMS_1\" }\n";
const TENCENT: &str = "kind = \"tencent\"\nsign_name = \"市政邮箱\"\napp_id = \"1400000000\"\n\
                       params = [\"{code}\", \"{minutes}\"]\ntemplate.code = { zh-CN = \"1234567\" }\n";
const HUAWEI: &str = "kind = \"huawei\"\nfrom = \"8823040504797\"\n\
                      template.code = { zh-CN = \"0af54a31d9b84a2ab8c6d1a2e0e0a0a0\" }\n";

/// A provider of `table`, asked at `cloud`, with the secret and the clock of the test.
/// Its path proves a receipt.
const CALLBACK: &str = "https://reset.example.gov.cn/receipts/g3h31m";

fn provider(cloud: &Cloud, table: &str, secret: &str, now: Timestamp) -> Arc<dyn SmsProvider> {
    let text = format!(
        "providers = [\"main\"]\nqueue = 1\nworkers = 1\ntimeout = \"20s\"\nconnect_timeout = \"10s\"\n\
         breaker = {{ failures = 5, window = \"30s\", open_for = \"60s\" }}\n\
         [text]\ncode = {{ en = \"{{code}}\" }}\nnotice = {{ en = \"changed\" }}\nexpiry = {{ en = \"ends\" }}\n\
         [provider.main]\nkey_id = \"{KEY_ID}\"\nkey_secret = \"{secret}\"\nendpoint = \"{}\"\n{table}",
        cloud.origin
    );
    let settings: SmsSettings = toml::from_str(&text).unwrap();
    assert_eq!(settings.check(), []);
    let mut around = Surroundings::of_this_machine(ConsoleWriter::new(std::io::sink()));
    around.clock = Arc::new(ManualClock::at(now));
    around.callbacks.insert("main".to_owned(), CALLBACK.to_owned().into());
    build_one(&settings, "main", &around).unwrap()
}

async fn sent(cloud: &Cloud, table: &str, secret: &str, now: Timestamp) -> Result<Option<String>, SmsError> {
    provider(cloud, table, secret, now).send(&message()).await.map(|receipt| receipt.message_id)
}

#[tokio::test]
async fn alibaba_takes_our_message_with_the_code_as_text() {
    let cloud = Cloud::start(aliyun::serve).await;
    assert_eq!(sent(&cloud, ALIYUN, KEY_SECRET, NOW).await, Ok(Some("9006^0".to_owned())));
    let taken = &cloud.taken()[0];
    assert_eq!((taken["PhoneNumbers"].as_str(), taken["OutId"].as_str()), (NUMBER, ORDER));
    assert_eq!(taken["TemplateParam"], format!("{{\"code\":\"{CODE}\",\"min\":\"5\"}}"));
}

#[tokio::test]
async fn tencent_takes_our_message_with_the_code_as_text() {
    let cloud = Cloud::start(tencent::serve).await;
    assert_eq!(sent(&cloud, TENCENT, KEY_SECRET, NOW).await, Ok(Some("2640:1".to_owned())));
    let taken = &cloud.taken()[0];
    assert_eq!(taken["PhoneNumberSet"], format!("[\"+86{NUMBER}\"]"));
    assert_eq!(taken["TemplateParamSet"], format!("[\"{CODE}\",\"5\"]"));
    assert_eq!(taken["SessionContext"], ORDER);
}

#[tokio::test]
async fn huawei_takes_our_message_however_it_is_proved() {
    let cloud = Cloud::start(huawei::serve).await;
    for auth in ["", "auth = \"wsse\"", "auth = \"wsse\"\nwsse_digest = \"raw\"", "auth = \"sdk-hmac\""] {
        let table = format!("{auth}\n{HUAWEI}");
        assert_eq!(sent(&cloud, &table, KEY_SECRET, NOW).await, Ok(Some("4b4b34e7_8".to_owned())), "{auth}");
        let taken = cloud.taken().pop().unwrap();
        assert_eq!((taken["to"].as_str(), taken["extend"].as_str()), (&*format!("+86{NUMBER}"), ORDER));
        assert_eq!(taken["templateParas"], format!("[\"{CODE}\"]"));
    }
    assert_eq!(cloud.taken().len(), 4);
}

fn fault(outcome: Result<Option<String>, SmsError>) -> SmsFault {
    match outcome {
        Err(SmsError::Faulty { fault, .. }) => fault,
        other => panic!("{other:?}"),
    }
}

/// case 87: a wrong secret, a wrong clock and a wrong template are each an alarm of their own.
#[tokio::test]
async fn what_an_operator_has_to_mend_is_told_apart() {
    let (one, two, three) =
        tokio::join!(Cloud::start(aliyun::serve), Cloud::start(tencent::serve), Cloud::start(huawei::serve));
    let late = NOW.plus(Duration::from_mins(20));
    let wsse = format!("auth = \"wsse\"\n{HUAWEI}");
    for (cloud, table) in [(&one, ALIYUN), (&two, TENCENT), (&three, HUAWEI), (&three, &wsse)] {
        assert_eq!(fault(sent(cloud, table, "another", NOW).await), SmsFault::Credentials, "{table}");
        assert_eq!(fault(sent(cloud, table, KEY_SECRET, late).await), SmsFault::Clock, "{table}");
        let other = table.replace("SMS_1", "SMS_9").replace("1234567", "7654321").replace("0af5", "0af6");
        assert_eq!(fault(sent(cloud, &other, KEY_SECRET, NOW).await), SmsFault::Template, "{table}");
    }
    for (cloud, table) in [(&one, ALIYUN), (&two, TENCENT)] {
        let other = table.replace("市政邮箱", "别的邮箱");
        assert_eq!(fault(sent(cloud, &other, KEY_SECRET, NOW).await), SmsFault::Signature, "{table}");
    }
    assert!([one, two, three].iter().all(|cloud| cloud.taken().is_empty()));
}

/// case 99: an operator may look at a test message, and at what came back, without learning a secret from it.
#[tokio::test]
async fn a_message_is_shown_without_its_keys() {
    let cloud = Cloud::start(huawei::serve).await;
    for auth in ["wsse", "sdk-hmac"] {
        let table = format!("auth = \"{auth}\"\n{HUAWEI}");
        let provider = provider(&cloud, &table, KEY_SECRET, NOW);
        let mut shown = Transcript::default();
        provider.send_shown(&message(), &mut shown).await.unwrap();
        let shown = shown.to_string();
        for secret in [KEY_SECRET, "PasswordDigest", "Signature=", NUMBER, "g3h31m"] {
            assert!(!shown.contains(secret), "{secret}: {shown}");
        }
        assert!(shown.contains("4b4b34e7_8") && shown.contains("138****8000"), "{shown}");
    }
}

/// What the vendor said; the line to it is looked at for every vendor alike.
fn told(findings: &[Finding]) -> Vec<(&str, Condition)> {
    let of_the_line = |what: &str| ["connection", "clock", "certificate"].contains(&what);
    let said = findings.iter().filter(|finding| !of_the_line(&finding.what));
    said.map(|finding| (finding.what.as_str(), finding.state)).collect()
}

#[tokio::test]
async fn alibaba_is_asked_about_signature_and_templates() {
    use Condition::{Bad, Doubtful, Good};
    let cloud = Cloud::start(aliyun::serve).await;
    let table = format!("{ALIYUN}template.notice = {{ zh-CN = \"SMS_2\" }}\n");
    let findings = provider(&cloud, &table, KEY_SECRET, NOW).examine().await;
    let sign = "signature 市政邮箱";
    assert_eq!(told(&findings), [(sign, Good), (sign, Doubtful), ("template SMS_1", Good), ("template SMS_2", Bad)]);
    assert!(findings[1].text.contains("China Unicom"), "{}", findings[1].text);
    let unfilled = ALIYUN.replace(", min = \"{minutes}\"", "");
    let findings = provider(&cloud, &unfilled, KEY_SECRET, NOW).examine().await;
    assert!(findings[2].state == Bad && findings[2].text.contains("its variables are code, min"), "{findings:?}");
    let findings = provider(&cloud, ALIYUN, "another", NOW).examine().await;
    assert!(told(&findings) == [(sign, Bad)] && findings[0].text.contains("SignatureDoesNotMatch"), "{findings:?}");
}

#[tokio::test]
async fn tencent_is_asked_about_templates_signature_and_packages() {
    use Condition::{Bad, Good};
    let cloud = Cloud::start(tencent::serve).await;
    let table = format!("{TENCENT}template.notice = {{ zh-CN = \"1234568\", en = \"1234569\" }}\n");
    let findings = provider(&cloud, &table, KEY_SECRET, NOW).examine().await;
    let expected = [
        ("template 1234567", Good),
        ("template 1234569", Bad),
        ("template 1234568", Bad),
        ("signature 市政邮箱", Bad),
        ("balance", Good),
    ];
    assert_eq!(told(&findings), expected);
    assert!(findings[1].text.contains("not among") && findings[4].text.contains("600 messages"), "{findings:?}");
    let findings = provider(&cloud, TENCENT, "another", NOW).examine().await;
    assert_eq!(told(&findings), [("templates", Bad)]);
    assert!(cloud.taken().is_empty());
}
