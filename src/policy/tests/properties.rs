//! Disguised facts are found, foreign digits are not, and nothing panics.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::policy;
use crate::domain::{NewPassword, PersonalFacts, Stored};
use crate::policy::{PasswordPolicy, Rule};

static POLICY: LazyLock<PasswordPolicy> = LazyLock::new(|| policy(""));

/// How a claimant might hide a fact.
#[derive(Debug, Clone)]
struct Disguise {
    backwards: bool,
    upper: Vec<bool>,
    wide: Vec<bool>,
    separators: Vec<String>,
}

impl Disguise {
    fn any() -> impl Strategy<Value = Self> {
        let choices = || prop::collection::vec(any::<bool>(), 20);
        (any::<bool>(), choices(), choices(), prop::collection::vec("[-_ ./,+#·—]{0,2}", 20))
            .prop_map(|(backwards, upper, wide, separators)| Self { backwards, upper, wide, separators })
    }

    fn wear(&self, fact: &str) -> String {
        let signs: Vec<char> = if self.backwards { fact.chars().rev().collect() } else { fact.chars().collect() };
        let mut worn = String::new();
        for (at, sign) in signs.into_iter().enumerate() {
            let sign = if self.upper[at] { sign.to_ascii_uppercase() } else { sign };
            let wide = char::from_u32(sign as u32 + 0xFEE0).filter(|_| self.wide[at] && sign.is_ascii_graphic());
            worn.push(wide.unwrap_or(sign));
            worn.push_str(&self.separators[at]);
        }
        worn
    }
}

fn broken(parts: [&str; 3], facts: &PersonalFacts, rule: Rule) -> Result<bool, TestCaseError> {
    // Prefix, fact and suffix together may be more than a password can be.
    let password = NewPassword::parse(&parts.concat()).map_err(|error| TestCaseError::reject(error.to_string()))?;
    Ok(POLICY.check_facts(&password, facts).contains(rule))
}

fn day() -> impl Strategy<Value = (i16, i8, i8)> {
    (1901_i16..2030, 1_i8..=12, 1_i8..=28)
}

fn born((year, month, day): (i16, i8, i8)) -> PersonalFacts {
    let birthday = format!("{year:04}-{month:02}-{day:02}").parse().unwrap();
    PersonalFacts { birthday: Stored::Value(birthday), ..PersonalFacts::default() }
}

proptest! {
    #[test]
    fn a_disguised_user_name_is_found(
        name in "[a-z][a-z0-9]{2,11}", disguise in Disguise::any(), before in "\\PC{0,12}", after in "\\PC{0,12}",
    ) {
        let facts = PersonalFacts { user_names: vec!["someoneelse".into(), name.clone()], ..PersonalFacts::default() };
        prop_assert!(broken([&before, &disguise.wear(&name), &after], &facts, Rule::UserName)?);
    }

    #[test]
    fn a_disguised_head_or_tail_of_a_number_is_found(
        number in "1[3-9][0-9]{9}", length in 6_usize..=11, office: bool, head: bool,
        disguise in Disguise::any(), before in "\\PC{0,12}", after in "\\PC{0,12}",
    ) {
        let stored = Some(format!("+86 {number}"));
        let facts = if office {
            PersonalFacts { work_phone: stored, ..PersonalFacts::default() }
        } else {
            PersonalFacts { mobile: stored, ..PersonalFacts::default() }
        };
        let worn = disguise.wear(if head { &number[..length] } else { &number[number.len() - length..] });
        prop_assert!(broken([&before, &worn, &after], &facts, Rule::Personal)?);
    }

    #[test]
    fn a_disguised_birthday_is_found(
        day in day(), form in 0_usize..8, disguise in Disguise::any(), before in "\\PC{0,12}", after in "\\PC{0,12}",
    ) {
        let (y, m, d) = day;
        let written = match form {
            0 => format!("{y}{m:02}{d:02}"),
            1 => format!("{y}-{m}-{d}"),
            2 => format!("{:02}/{m:02}/{d:02}", y % 100),
            3 => format!("{m:02}{d:02}{y}"),
            4 => format!("{d:02}{m:02}{y}"),
            5 => format!("{d}.{m}.{y}"),
            6 => format!("{y}年{m}月{d}日"),
            _ => format!("{m}/{d:02}/{y}"),
        };
        prop_assert!(broken([&before, &disguise.wear(&written), &after], &born(day), Rule::Personal)?);
    }

    /// Every form of a birthday holds a year that begins with 1 or 2, or a month with its zero or one.
    #[test]
    fn passwords_without_the_digits_of_a_fact_break_no_rule(
        text in "[g-zG-Z5-9年月日 ./_!@-]{1,40}", name in "[a-f]{3,12}", number in "1[0-4]{10}", day in day(),
    ) {
        let facts = PersonalFacts { user_names: vec![name], work_phone: Some(number.clone()), mobile: Some(number), ..born(day) };
        let password = NewPassword::parse(&text).unwrap();
        prop_assert!(POLICY.check_facts(&password, &facts).is_empty());
    }

    #[test]
    fn checking_never_panics(
        text in "\\PC{1,128}", names in prop::collection::vec("\\PC{0,20}", 0..4),
        mobile in prop::option::of("\\PC{0,30}|[0-9 +()/-]{0,40}"), work_phone in prop::option::of("\\PC{0,30}|[0-9 +()/-]{0,40}"),
        day in day(),
    ) {
        let Ok(password) = NewPassword::parse(&text) else { return Ok(()) };
        let facts = PersonalFacts { user_names: names, mobile, work_phone, ..born(day) };
        let (shape, personal) = (POLICY.check_shape(&password), POLICY.check_facts(&password, &facts));
        prop_assert_eq!(shape.contains(Rule::Length), !(12..=30).contains(&password.code_points()));
        prop_assert!(shape.iter().all(|violation| !matches!(violation.rule, Rule::UserName | Rule::Personal)));
        prop_assert!(personal.iter().all(|violation| matches!(violation.rule, Rule::UserName | Rule::Personal)));
    }

    /// case 74: the two normal forms of a text get one answer.
    #[test]
    fn both_normal_forms_of_a_text_get_one_answer(text in "[a-zA-Z0-9éüñ한글ガ ]{1,30}") {
        use unicode_normalization::UnicodeNormalization;
        let composed = NewPassword::parse(&text.nfc().collect::<String>()).unwrap();
        let decomposed = NewPassword::parse(&text.nfd().collect::<String>()).unwrap();
        prop_assert_eq!(POLICY.check_shape(&composed), POLICY.check_shape(&decomposed));
    }
}
