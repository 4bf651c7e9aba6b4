//! What the password rules cost: a short, a typical and the longest password, and those that are hardest to judge.

use std::error::Error;
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion};
use resetgate::domain::{NewPassword, PersonalFacts, Stored};
use resetgate::policy::{PasswordPolicy, PolicySettings, Preset};

fn settings() -> PolicySettings {
    PolicySettings {
        preset: Preset::Municipal,
        min_length: None,
        max_length: None,
        min_classes: None,
        forbid_user_name: None,
        forbid_personal: None,
        min_fragment: 6,
        blocklist_file: "".into(),
        confirm: true,
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let policy = PasswordPolicy::build(&settings())?;
    let facts = PersonalFacts {
        user_names: vec!["zhang.san".into(), "sanzhang".into()],
        mobile: Some("+8613812345678".into()),
        work_phone: Some("010-55500100-8012".into()),
        birthday: Stored::Value("1990-01-02".parse()?),
    };
    let passwords = [
        ("short", "kT7-".to_owned()),
        ("typical", "rufvo3-Zuvbaq-datmyk".to_owned()),
        ("common", "Dragon20240815!".to_owned()),
        ("chinese", "天安门上太阳升在东方2024Ab".to_owned()),
        ("longest", "rufvo3-Zuvbaq-dt".repeat(8)),
        ("one_sign", "1".repeat(128)),
        ("most_bytes", "\u{fdfa}".repeat(128)),
    ];
    let mut criterion = Criterion::default().configure_from_args();
    for (name, text) in &passwords {
        let password = NewPassword::parse(text)?;
        criterion.bench_with_input(BenchmarkId::new("policy/shape", name), &password, |bencher, password| {
            bencher.iter(|| policy.check_shape(black_box(password)));
        });
        criterion.bench_with_input(BenchmarkId::new("policy/facts", name), &password, |bencher, password| {
            bencher.iter(|| policy.check_facts(black_box(password), black_box(&facts)));
        });
    }
    criterion.bench_function("policy/build", |bencher| bencher.iter(|| PasswordPolicy::build(black_box(&settings()))));
    criterion.final_summary();
    Ok(())
}
