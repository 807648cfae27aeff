//! What is asked of the operating system and of the C library beyond plain allocation. Where they do not know it, nothing happens.

use std::ptr::NonNull;

/// Asks for the memory at `at` at once: so many page faults cost more.
pub(crate) fn populate(at: NonNull<u8>, bytes: usize) {
    #[cfg(target_os = "linux")]
    {
        unsafe extern "C" {
            fn madvise(at: *mut u8, len: usize, advice: i32) -> i32;
        }
        const MADV_POPULATE_WRITE: i32 = 23;
        // SAFETY: this changes nothing that a program sees; where the system does not know it, it does nothing.
        unsafe { madvise(at.as_ptr(), bytes, MADV_POPULATE_WRITE) };
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (at, bytes);
}

/// As [`populate`], for a buffer of the C library's that is about to be written to the end, if that is worth a call.
pub(crate) fn populate_buffer(at: NonNull<u8>, bytes: usize) {
    const SYSTEM_PAGE: usize = 4096;
    const WORTH_A_CALL: usize = 256 * 1024;
    // A length that was promised need not be kept.
    const BELIEVED: usize = 64 * 1024 * 1024;
    if (WORTH_A_CALL..=BELIEVED).contains(&bytes) {
        let skipped = at.addr().get().next_multiple_of(SYSTEM_PAGE) - at.addr().get();
        // SAFETY: the buffer is longer than that.
        populate(unsafe { at.add(skipped) }, (bytes - skipped) / SYSTEM_PAGE * SYSTEM_PAGE);
    }
}

/// Makes the process give large buffers back to the system as soon as they are freed, and grow them without a copy: long lists, large
/// tables, long generations. The C library would keep them for later instead.
///
/// For programs whose first concern is a heap, at their start.
pub fn keep_no_large_buffers() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        unsafe extern "C" {
            fn mallopt(parameter: i32, value: i32) -> i32;
        }
        const M_MMAP_THRESHOLD: i32 = -3;
        // SAFETY: this sets a limit inside the C library's allocator and changes nothing that a program sees.
        unsafe { mallopt(M_MMAP_THRESHOLD, 128 * 1024) };
    }
}
