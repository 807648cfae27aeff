//! How messages cross: JavaScript asks for room, writes a message there and calls; the answer's place and length come back as one number.
//!
//! A text that crosses belongs to the side it goes to. A panic ends the instance, whose Worker is then thrown away.
#![expect(unsafe_code, reason = "memory is shared with JavaScript")]
#![expect(unreachable_pub, reason = "it is reached from JavaScript")]

use std::cell::RefCell;
use std::time::Duration;

use session::Onlooker;
use vm::host::Stream;

use crate::{Desk, Page};

#[link(wasm_import_module = "heapbook")]
unsafe extern "C" {
    /// Tells what was printed, on standard output (0) or standard error (1), or why the machine breaks (2), if it is not for lack of memory.
    fn printed(stream: u32, text: *const u8, length: usize);
    /// Tells which pack is missing. It throws, which ends the instance.
    fn missing(pack: *const u8, length: usize) -> !;
    /// Whether the reader wants the program to be interrupted; asked every so often while it runs.
    safe fn interrupted() -> u32;
    /// Tells what a notebook shows: its kind, and its content as JSON.
    fn published(kind: *const u8, kind_length: usize, content: *const u8, length: usize);
    /// Asks the reader for a line. The answer is in `room`, its place in the upper 32 bits and its length in the lower; 0 is none.
    fn asked(prompt: *const u8, length: usize, hidden: u32) -> u64;
    /// The milliseconds since 1970.
    safe fn now() -> f64;
    /// Fills with random bytes.
    fn random(out: *mut u8, length: usize);
}

thread_local! {
    static DESK: RefCell<Desk> = RefCell::new({
        std::panic::set_hook(Box::new(|panic| tell(2, panic.to_string().as_bytes())));
        library::packs::on_absence(|pack| {
            // SAFETY: JavaScript only reads, and does so before it throws.
            unsafe { missing(pack.as_ptr(), pack.len()) }
        });
        Desk::new(Reader)
    });
}

/// The reader, who looks on from the page.
struct Reader;

impl Onlooker for Reader {
    fn wrote(&self, stream: Stream, text: &[u8]) {
        tell(u32::from(stream == Stream::Stderr), text);
    }

    fn interrupts(&self) -> bool {
        interrupted() != 0
    }
}

impl Page for Reader {
    fn publish(&self, kind: &str, content: &str) {
        // SAFETY: JavaScript only reads, and does so before it returns.
        unsafe { published(kind.as_ptr(), kind.len(), content.as_ptr(), content.len()) }
    }

    fn ask(&self, prompt: &str, hidden: bool) -> Option<String> {
        // SAFETY: JavaScript only reads, and what it answers is room that it asked for and has filled.
        unsafe {
            let answer = asked(prompt.as_ptr(), prompt.len(), u32::from(hidden));
            (answer != 0).then(|| String::from_utf8_lossy(&taken((answer >> 32) as *mut u8, answer as u32 as usize)).into_owned())
        }
    }

    fn now(&self) -> Duration {
        Duration::try_from_secs_f64(now() / 1000.0).unwrap_or_default()
    }

    fn random(&self, out: &mut [u8]) {
        // SAFETY: JavaScript writes so many bytes, and nothing else.
        unsafe { random(out.as_mut_ptr(), out.len()) }
    }
}

fn tell(stream: u32, text: &[u8]) {
    // SAFETY: JavaScript only reads, and does so before it returns.
    unsafe { printed(stream, text.as_ptr(), text.len()) }
}

/// Room for a message.
#[unsafe(no_mangle)]
pub extern "C" fn room(length: usize) -> *mut u8 {
    Box::into_raw(vec![0u8; length].into_boxed_slice()).cast()
}

/// Gives room back.
///
/// # Safety
/// The room is of that length, from `room` or an answer, and was not given back before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn release(text: *mut u8, length: usize) {
    // SAFETY: as the caller says.
    drop(unsafe { taken(text, length) });
}

/// Takes a message, which is given back here, and gives the answer: its place in the upper 32 bits, its length in the lower.
///
/// # Safety
/// As for `release`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn call(text: *mut u8, length: usize) -> u64 {
    // SAFETY: as the caller says.
    let message = unsafe { taken(text, length) };
    let answer = DESK.with_borrow_mut(|desk| desk.answer(&message)).into_bytes().into_boxed_slice();
    let length = answer.len() as u64;
    (Box::into_raw(answer).cast::<u8>() as u64) << 32 | length
}

/// Takes a pack, for as long as the instance lives: its name, a newline, what is in it.
///
/// # Safety
/// As for `release`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn install(text: *mut u8, length: usize) {
    // SAFETY: as the caller says.
    let text = Box::leak(unsafe { taken(text, length) });
    let text = std::str::from_utf8(text).expect("a pack is text");
    let (name, contents) = text.split_once('\n').expect("a pack has a name");
    library::packs::install(name, contents);
}

/// Room that comes back.
///
/// # Safety
/// As for `release`.
unsafe fn taken(text: *mut u8, length: usize) -> Box<[u8]> {
    // SAFETY: as the caller says.
    unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(text, length)) }
}
