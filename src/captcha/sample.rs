//! Pictures with their answers, for an operator who wants to see what people are asked.

use super::CaptchaDesk;
use crate::domain::Randomness;

/// Draws `count` pictures with their answers. They belong to no captcha.
#[must_use]
pub fn sample(desk: &CaptchaDesk, random: &dyn Randomness, count: usize) -> Vec<(String, Vec<u8>)> {
    draws(desk, random, count)
        .into_iter()
        .map(|(answer, seed)| (answer.clone(), desk.painter.paint(answer.as_bytes(), seed)))
        .collect()
}

/// Draws `count` pictures side by side in rows of `columns`, as one PNG, with their answers in reading order.
#[must_use]
pub fn contact_sheet(
    desk: &CaptchaDesk,
    random: &dyn Randomness,
    count: usize,
    columns: usize,
) -> (Vec<String>, Vec<u8>) {
    let draws = draws(desk, random, count);
    let sheet = desk.painter.paint_sheet(&draws, columns);
    (draws.into_iter().map(|(answer, _)| answer).collect(), sheet)
}

fn draws(desk: &CaptchaDesk, random: &dyn Randomness, count: usize) -> Vec<(String, u64)> {
    (0..count).map(|_| (desk.draw_text(random), u64::from_le_bytes(random.bytes()))).collect()
}
