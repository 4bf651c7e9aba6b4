//! A PNG of four colours, written in one pass.

use super::deflate::Code;

/// Four colours: the ground first, the full stroke last.
pub(super) type Palette = [[u8; 3]; 4];

/// Writes ink (0 to 255 per pixel, row by row) in four levels of a palette. The file holds IHDR, PLTE, IDAT and IEND only.
pub(super) fn write(width: usize, ink: &[u8], palette: &Palette, code: &Code) -> Vec<u8> {
    let rows = pack(width, ink);
    let mut out = Vec::with_capacity(8 << 10);
    out.extend_from_slice(b"\x89PNG\r\n\x1a\n");
    let mut header = [0; 13];
    header[..4].copy_from_slice(&measure(width));
    header[4..8].copy_from_slice(&measure(ink.len() / width.max(1)));
    // Bit depth 2, palette.
    header[8..10].copy_from_slice(&[2, 3]);
    chunk(&mut out, *b"IHDR", |out| out.extend_from_slice(&header));
    chunk(&mut out, *b"PLTE", |out| out.extend_from_slice(palette.as_flattened()));
    chunk(&mut out, *b"IDAT", |out| {
        // Header of a zlib stream: deflate, window of 32 KiB, no dictionary.
        out.extend_from_slice(&[0x78, 0x01]);
        code.write(out, &rows);
        out.extend_from_slice(&simd_adler32::adler32(&rows.as_slice()).to_be_bytes());
    });
    chunk(&mut out, *b"IEND", |_| ());
    out
}

fn measure(size: usize) -> [u8; 4] {
    u32::try_from(size).unwrap_or(u32::MAX).to_be_bytes()
}

fn chunk(out: &mut Vec<u8>, kind: [u8; 4], body: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&kind);
    body(out);
    let length = measure(out.len() - start - 8);
    out[start..start + 4].copy_from_slice(&length);
    let sum = crc32fast::hash(&out[start + 4..]);
    out.extend_from_slice(&sum.to_be_bytes());
}

/// Four pixels to a byte, each row after the byte that names its filter (none).
pub(super) fn pack(width: usize, ink: &[u8]) -> Vec<u8> {
    let mut rows = Vec::with_capacity(ink.len() / 4 + ink.len() / width.max(1) * 2);
    for row in ink.chunks_exact(width.max(1)) {
        rows.push(0);
        let quads = row.chunks_exact(4);
        let rest = quads.remainder();
        rows.extend(quads.map(|four| (four[0] & 0xc0) | (four[1] >> 6 << 4) | (four[2] >> 6 << 2) | (four[3] >> 6)));
        if !rest.is_empty() {
            rows.push(rest.iter().zip([0, 2, 4]).fold(0, |byte, (ink, shift)| byte | (ink & 0xc0) >> shift));
        }
    }
    rows
}

#[cfg(test)]
pub(in crate::captcha) mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;

    const GREYS: Palette = [[255; 3], [170; 3], [85; 3], [0; 3]];

    /// Width and grey values of a picture, read by an independent decoder.
    pub(in crate::captcha) fn read(png: &[u8]) -> (usize, Vec<u8>) {
        let mut decoder = png::Decoder::new(Cursor::new(png));
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut pixels).unwrap();
        (frame.width as usize, pixels.chunks_exact(3).map(|pixel| pixel[1]).collect())
    }

    /// The kinds of the chunks, in order; their lengths add up to the file.
    pub(in crate::captcha) fn chunks(png: &[u8]) -> Vec<String> {
        let mut rest = png.strip_prefix(b"\x89PNG\r\n\x1a\n").unwrap();
        let mut kinds = Vec::new();
        while !rest.is_empty() {
            let length = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
            kinds.push(String::from_utf8(rest[4..8].to_vec()).unwrap());
            rest = &rest[length + 12..];
        }
        kinds
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back_in_four_levels(
            width in 1_usize..70,
            parts in proptest::collection::vec((0_u8.., 1_usize..700), 1..20),
        ) {
            let mut ink: Vec<u8> = parts.into_iter().flat_map(|(ink, run)| vec![ink; run]).collect();
            ink.resize(ink.len().div_ceil(width) * width, 0);
            let levels: Vec<u8> = ink.iter().map(|ink| 255 - (ink >> 6) * 85).collect();
            prop_assert_eq!(read(&write(width, &ink, &GREYS, &Code::trained(&[]))), (width, levels));
        }
    }

    #[test]
    fn a_trained_code_writes_its_own_kind_shorter_and_every_other_too() {
        let ink: Vec<u8> = (0..6_400_u32).map(|place| if place % 40 < 4 { 255 } else { 0 }).collect();
        let code = Code::trained(&[pack(40, &ink)]);
        assert!(write(40, &ink, &GREYS, &code).len() < write(40, &ink, &GREYS, &Code::trained(&[])).len());
        let other: Vec<u8> = (0..6_400_u32).map(|place| (place * place / 7).to_le_bytes()[0]).collect();
        let levels: Vec<u8> = other.iter().map(|ink| 255 - (ink >> 6) * 85).collect();
        assert_eq!(read(&write(40, &other, &GREYS, &code)), (40, levels));
    }
}
