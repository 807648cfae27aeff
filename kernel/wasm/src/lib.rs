//! The session for a browser's page: a message goes in, an answer comes out, and what is printed is told while it is printed.
//!
//! [`desk`] knows the messages, [`notebook`] those that are Jupyter's, `abi` how they cross from JavaScript: four functions and seven imports, made by hand. `page/` has the scripts
//! on the other side, `worker.js` in the Worker that this runs in and `run.js` on the page.

#[cfg(target_arch = "wasm32")]
mod abi;
#[cfg(target_arch = "wasm32")]
mod allocator;
mod desk;
mod notebook;

pub use desk::Desk;
pub use notebook::Page;
