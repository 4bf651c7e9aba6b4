//! Pictures.

mod atlas;
mod canvas;
mod deflate;
pub(super) mod dice;
mod glyph;
mod painter;
mod png_writer;
pub(super) mod wave;

pub(super) use glyph::SIGNS;
pub(super) use painter::Painter;

#[cfg(test)]
pub(super) use png_writer::tests::{chunks, read};
