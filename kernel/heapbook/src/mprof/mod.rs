//! `heapbook mprof`: memory over time, by the commands of memory_profiler's `mprof`, and in its files.
//!
//! `run` looks at the memory from inside: what all objects take is exact at each call, return and collection, and what is unreachable is
//! told. The process's memory goes into the file too, so that `mprof plot` draws the same program in its own way.

mod data;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, bail};
use picture::Picture;
use vm::recorder::Told;
use vm::{PyResult, Vm};

use crate::cli::{MprofCommand, MprofPlotArgs, MprofRunArgs};
use crate::run;
use data::Data;

pub(crate) fn command(command: &MprofCommand) -> anyhow::Result<ExitCode> {
    match command {
        MprofCommand::Run(args) => return run(args),
        MprofCommand::Plot(args) => plot(args)?,
        MprofCommand::List => {
            for (number, file) in files()?.iter().enumerate() {
                println!("{number} {}", file.display());
            }
        }
        MprofCommand::Rm { numbers } => {
            let all = files()?;
            let chosen = numbers.iter().map(|&number| {
                all.get(number).with_context(|| format!("there is no file {number} here; `heapbook mprof list` tells their numbers"))
            });
            remove(&chosen.collect::<anyhow::Result<Vec<_>>>()?)?;
        }
        MprofCommand::Clean => remove(&files()?)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// What `mprof` wrote into this folder, the oldest first.
fn files() -> anyhow::Result<Vec<PathBuf>> {
    let entries =
        fs::read_dir(".").context("this folder is not readable")?.filter_map(|entry| Some(PathBuf::from(entry.ok()?.file_name())));
    let is_ours = |file: &PathBuf| {
        file.to_str().and_then(|name| name.strip_prefix("mprofile_")?.strip_suffix(".dat")).is_some_and(|time| !time.is_empty())
    };
    let mut files: Vec<PathBuf> = entries.filter(is_ours).collect();
    files.sort();
    Ok(files)
}

fn remove(files: &[impl AsRef<Path>]) -> anyhow::Result<()> {
    for file in files.iter().map(AsRef::as_ref) {
        fs::remove_file(file).with_context(|| format!("{} cannot be removed", file.display()))?;
        println!("removed {}", file.display());
    }
    Ok(())
}

fn run(args: &MprofRunArgs) -> anyhow::Result<ExitCode> {
    if args.program.words.is_empty() || args.program.kernel.is_some() || args.program.repl {
        bail!("what should run? `heapbook mprof run FILE.py`, `-c CODE` or `-m MODULE`, on our own machine and not at a prompt");
    }
    let interval = Duration::try_from_secs_f64(args.interval).ok().filter(|interval| !interval.is_zero());
    let interval = interval.with_context(|| format!("`-T {}` is no time between two looks; 0.1 is one", args.interval))?;
    let now = chrono::Local::now().format("mprofile_%Y%m%d%H%M%S.dat");
    let file = args.output.clone().unwrap_or_else(|| PathBuf::from(now.to_string()));
    // A program may run for long; that its figures have no place should be known before.
    fs::write(&file, "").with_context(|| format!("{} cannot be written", file.display()))?;
    let command = ["heapbook".to_owned()].into_iter().chain(args.program.words.iter().cloned()).collect::<Vec<_>>().join(" ");
    let run = Run { file, command, interval, lines: !args.no_lines, start: Mutex::default() };
    let status = run::watched(&args.program, Some(&run));
    if fs::metadata(&run.file).is_ok_and(|file| file.len() == 0) {
        // The program did not begin.
        fs::remove_file(&run.file).with_context(|| format!("{} cannot be removed", run.file.display()))?;
    }
    status
}

/// A run that is watched.
struct Run {
    file: PathBuf,
    command: String,
    interval: Duration,
    /// Whether marked functions are told line by line.
    lines: bool,
    /// When it began, since 1970.
    start: Mutex<Duration>,
}

/// What `@profile` means in the program. Its tables come at the end, behind what the program itself registered for it.
const MARKS: &str = "\
import atexit, builtins, memory_profiler
builtins.profile = memory_profiler._Marks(lines)
atexit.register(builtins.profile.show_results)
";

impl run::Profiler for Run {
    fn before(&self, vm: &Vm) -> PyResult<()> {
        let names = vm.dict();
        vm.dict_set_str(&names, "lines", vm.bool(self.lines));
        vm.exec_text(MARKS, "<mprof>", &names)?;
        *self.start.lock().expect("one thread") = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        vm.start_recording(Told::Marked);
        vm.start_sampling(self.interval);
        Ok(())
    }

    fn after(&self, vm: &Vm) -> anyhow::Result<()> {
        let (looks, moments) = (vm.stop_sampling(), vm.stop_recording());
        let start = *self.start.lock().expect("one thread");
        let text = data::write(&self.command, start, &looks, &moments);
        fs::write(&self.file, text).with_context(|| format!("{} cannot be written", self.file.display()))?;
        let (calls, collections) = vm.untold();
        for (n, what) in [(calls, "calls"), (collections, "young collections")] {
            if n > 0 {
                eprintln!("heapbook: {n} {what} were too many to be told, or came too fast");
            }
        }
        eprintln!("heapbook: {} written; `heapbook mprof plot {0}` draws it", self.file.display());
        Ok(())
    }
}

fn plot(args: &MprofPlotArgs) -> anyhow::Result<()> {
    let file = match &args.file {
        Some(file) => file.clone(),
        None => files()?.pop().context("there is no mprofile_*.dat in this folder; `heapbook mprof run FILE.py` writes one")?,
    };
    let text = fs::read_to_string(&file).with_context(|| format!("{} is not readable", file.display()))?;
    let data = Data::read(&text).map_err(|(line, why)| anyhow::anyhow!("{}:{line}: {why}", file.display()))?;
    let picture = Picture::Timeline(data.timeline().with_context(|| format!("{} tells of no memory", file.display()))?);
    if args.text {
        print!("{}", picture::text(&picture));
        return Ok(());
    }
    let output = args.output.clone().unwrap_or_else(|| file.with_extension("svg"));
    fs::write(&output, picture::svg(&picture, "mprof") + "\n").with_context(|| format!("{} cannot be written", output.display()))?;
    println!("{}", output.display());
    Ok(())
}
