//! Sines from additions and multiplications alone: the machine's own may differ in the last bit from
//! one platform to the next, and a picture must be the same bytes on every replica.

/// The sine of `turns` full turns, right to a thousandth.
pub(in crate::captcha) fn sine(turns: f32) -> f32 {
    let around = turns - turns.floor();
    let (half, sign) = if around < 0.5 { (around * 2.0, 1.0) } else { (around * 2.0 - 1.0, -1.0) };
    // A parabola through the zeros and the top, then bent onto the sine.
    let arch = 4.0 * half * (1.0 - half);
    sign * arch * (0.775 + 0.225 * arch)
}

/// Sine and cosine of an angle of at most one radian.
pub(super) fn turned(angle: f32) -> (f32, f32) {
    let square = angle * angle;
    let sin = angle * (1.0 - square / 6.0 * (1.0 - square / 20.0 * (1.0 - square / 42.0)));
    let cos = 1.0 - square / 2.0 * (1.0 - square / 12.0 * (1.0 - square / 30.0));
    (sin, cos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sines_are_close_to_the_true_ones() {
        for step in -200_i16..200 {
            let turns = f32::from(step) / 100.0;
            assert!((sine(turns) - (turns * std::f32::consts::TAU).sin()).abs() < 0.002, "{turns}");
            let angle = turns / 2.0;
            let (sin, cos) = turned(angle);
            assert!((sin - angle.sin()).abs() < 0.001 && (cos - angle.cos()).abs() < 0.001, "{angle}");
        }
    }
}
