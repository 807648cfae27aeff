//! Where compiled modules of the library are kept between runs: a folder of the user's cache, one for each build of this program.
//!
//! `$HEAPBOOK_CACHE` names another folder, or none if it is empty. Where nothing can be written nothing is kept, and nobody is bothered.

use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Folders of other builds are removed when they have not changed for so long.
const FORGOTTEN: Duration = Duration::from_secs(30 * 24 * 60 * 60);

struct Store {
    folder: PathBuf,
}

/// Has the compiled modules kept, if there is a place for them.
pub(crate) fn keep() {
    if let Some(folder) = user_cache().and_then(|cache| Some(cache.join(format!("code-{:016x}", build()?)))) {
        vm::keep_compiled(Box::new(Store { folder }));
    }
}

/// What tells this build from any other: code is kept as this build has made it, and as no other may read it.
fn build() -> Option<u64> {
    let file = fs::metadata(env::current_exe().ok()?).ok()?;
    let mut hasher = DefaultHasher::new();
    (env!("CARGO_PKG_VERSION"), file.len(), file.modified().ok()?).hash(&mut hasher);
    Some(hasher.finish())
}

fn user_cache() -> Option<PathBuf> {
    let named = |name: &str| env::var_os(name).map(PathBuf::from);
    let given = |name: &str| named(name).filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = named("HEAPBOOK_CACHE") {
        return Some(folder).filter(|folder| !folder.as_os_str().is_empty());
    }
    let home = given("HOME");
    let cache =
        if cfg!(target_os = "macos") { home?.join("Library/Caches") } else { given("XDG_CACHE_HOME").or(Some(home?.join(".cache")))? };
    Some(cache.join("heapbook"))
}

fn checksum(code: &[u8]) -> [u8; 4] {
    crc32fast::hash(code).to_le_bytes()
}

impl Store {
    /// Makes the folder, and forgets those of builds that are not used any more.
    fn open(&self) -> io::Result<()> {
        if self.folder.is_dir() {
            return Ok(());
        }
        fs::create_dir_all(&self.folder)?;
        for other in fs::read_dir(self.folder.parent().unwrap_or(Path::new(".")))?.flatten() {
            let changed = other.metadata().and_then(|data| data.modified()).unwrap_or(SystemTime::now());
            let is_old = changed.elapsed().is_ok_and(|age| age > FORGOTTEN);
            if is_old && other.file_name().to_string_lossy().starts_with("code-") {
                fs::remove_dir_all(other.path())?;
            }
        }
        Ok(())
    }

    /// Writes a file that is there whole or not at all: the code, then its checksum.
    fn write(&self, name: &str, code: &[u8]) -> io::Result<()> {
        self.open()?;
        let unfinished = self.folder.join(format!("{name}.{}.{:?}", std::process::id(), std::thread::current().id()));
        fs::write(&unfinished, [code, &checksum(code)].concat())?;
        fs::rename(unfinished, self.folder.join(name))
    }
}

impl vm::Keeper for Store {
    fn get(&self, name: &str) -> Option<Vec<u8>> {
        let mut file = fs::read(self.folder.join(name)).ok()?;
        let sum = file.split_off(file.len().checked_sub(4)?);
        (sum == checksum(&file)).then_some(file)
    }

    fn put(&self, name: &str, code: &[u8]) {
        // See above.
        let _ = self.write(name, code);
    }
}
