//! Markdown chapters to cells and back.
//!
//! A page is read ([`Chapter`]), its fences paired into snippets, run on an [`Engine`] and compared
//! ([`check`]); accepted outputs are spliced back ([`bless`]). No interpreter is known here, and no page
//! is ever written through a Markdown writer.

mod bless;
mod chapter;
mod check;
mod compare;
mod engine;
mod failure;
mod fence;
mod info;
mod mistake;
#[cfg(feature = "notebooks")]
mod notebook;
mod page;
mod pair;
mod plan;
mod prompt;
mod replace;
mod runnable;
mod weave;

pub use bless::bless;
pub use chapter::Chapter;
pub use check::{Report, Run, check};
pub use compare::{Alignment, Step, align};
pub use engine::{Cell, Engine, Mode, Output, Session, Tolerance, Trouble, error, prompt_text, text};
pub use failure::{Failure, What};
pub use fence::Fence;
pub use info::{Info, Language, Only, Options, OutputOptions, Version, parse as parse_info};
pub use mistake::{Mistake, Problem};
#[cfg(feature = "notebooks")]
pub use notebook::notebook;
pub use page::Page;
pub use pair::{HeapFence, OutputFence, Snippet};
pub use picture::Request;
pub use plan::{Expect, Plan, PlanStep};
pub use prompt::{Prompt, prompts};
pub use replace::{replace, write};
pub use runnable::runnable;
pub use weave::weave;

/// The fences of a page, and what is wrong with them: what the checker sees where mdBook draws.
pub fn fences(text: &str) -> (Vec<Fence>, Vec<Mistake>) {
    fence::find(&Page::new(text))
}
