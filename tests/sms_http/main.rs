//! The HTTP gateway against real servers on this machine: what arrives, how often, and what becomes of each answer.

mod answers;
mod chain;
mod gateway;
mod silence;
mod tls;
