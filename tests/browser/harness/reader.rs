//! Reads captchas for tests. No program reads the pictures, which is their point; but a test knows every number that was
//! drawn, and a desk with the service's key says which of them a captcha was drawn from.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

use resetgate::captcha::{CaptchaAnswer, CaptchaDesk, CaptchaKind};
use resetgate::domain::{Requester, Timestamp};
use resetgate::settings::Settings;

use super::service::Scripted;

/// Desks by what they were made of: each draws its whole alphabet first, which takes its time.
static DESKS: Mutex<Vec<(String, Arc<CaptchaDesk>)>> = Mutex::new(Vec::new());

pub struct Reader {
    desk: Arc<CaptchaDesk>,
    length: usize,
    alphabet: Vec<u8>,
    random: Arc<Scripted>,
}

impl Reader {
    pub fn new(settings: &Settings, random: Arc<Scripted>) -> Self {
        let captcha = &settings.captcha;
        let key = settings.code.keys().derive("captcha");
        let made_of = format!("{captcha:?} {key:?}");
        let mut desks = DESKS.lock().unwrap_or_else(PoisonError::into_inner);
        let known = desks.iter().find(|(known, _)| *known == made_of).map(|(_, desk)| Arc::clone(desk));
        let desk = known.unwrap_or_else(|| {
            let desk = Arc::new(CaptchaDesk::new(captcha, key).unwrap());
            desks.push((made_of, Arc::clone(&desk)));
            desk
        });
        Self { desk, length: captcha.length, alphabet: captcha.alphabet.as_bytes().to_vec(), random }
    }

    pub fn read(&self, id: &str, now: Timestamp) -> String {
        let sealed = self.desk.open(id, now).expect("a captcha of this service that is still good");
        let signs: &[u8] = match sealed.kind() {
            CaptchaKind::Image => &self.alphabet,
            CaptchaKind::Audio => b"0123456789",
            CaptchaKind::Pow => panic!("nobody reads a proof of work"),
        };
        let sign = |draw: &u64| char::from(signs[usize::try_from(draw % signs.len() as u64).unwrap()]);
        let here = Requester::from(std::net::IpAddr::from(Ipv4Addr::LOCALHOST));
        let drawn = self.random.drawn();
        let texts = drawn.windows(self.length).rev().map(|draws| draws.iter().map(sign).collect::<String>());
        let right =
            |text: &String| self.desk.judge(&sealed, &CaptchaAnswer::Text(text.clone()), sealed.purpose(), &here);
        texts.into_iter().find(right).expect("its signs were drawn")
    }
}
