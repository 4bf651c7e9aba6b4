//! Pictures.

mod atlas;
mod canvas;
mod deflate;
mod glyph;
mod painter;
mod png_writer;
pub(super) mod wave;

pub(super) use glyph::SIGNS;
pub(super) use painter::Painter;

#[cfg(test)]
pub(super) use png_writer::tests::{chunks, read};
