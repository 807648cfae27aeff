//! The command line's words.

use clap::{Args, Parser, Subcommand, ValueEnum};
use compile::Version;
use std::path::PathBuf;

/// A book on Python's memory whose every output is checked, and the heap that runs it.
#[derive(Debug, Parser)]
#[command(name = "heapbook", version, max_term_width = 100)]
pub(crate) struct Cli {
    /// Without any: a prompt on a terminal, else the program on the standard input
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a program, as `python` does; without one, a prompt
    Run(ProgramArgs),
    /// Run a program under several versions of Python and show where they differ
    Compare(CompareArgs),
    /// Watch a program's memory over time, and draw it, as memory_profiler's `mprof` does
    #[command(subcommand)]
    Mprof(MprofCommand),
    /// Run every snippet and compare what it prints with the page
    Check(CheckArgs),
    /// Write what the snippets print into the pages
    Bless(BlessArgs),
    /// Draw the book into its build folder, without running anything
    Build,
    /// Check and draw the book, show it in a browser, and again at each change
    Serve(ServeArgs),
    /// Make a notebook of each page
    Notebooks(NotebooksArgs),
    /// Serve Jupyter as its kernel
    Kernel(KernelArgs),
    /// Tell Jupyter of the kernel
    Install(InstallArgs),
    /// Make Jupyter forget the kernel
    Uninstall(PlaceArgs),
    /// Answer mdBook as its preprocessor
    Preprocess(PreprocessArgs),
}

/// A program to run.
#[derive(Debug, Default, Args)]
pub(crate) struct ProgramArgs {
    /// Which CPython to be: 3.14, 3.13, 3.12, 3.11, 3.10, or 2.7-gc for the collector of 2.7
    #[arg(long, value_name = "VERSION", default_value_t)]
    pub(crate) python: Version,
    /// Run one statement after another, as if typed at the prompt
    #[arg(long)]
    pub(crate) repl: bool,
    /// Run it on this installed Jupyter kernel instead, a cell after the other: `# %%` begins one
    #[arg(long, value_name = "NAME", conflicts_with_all = ["python", "repl"])]
    pub(crate) kernel: Option<String>,
    /// FILE, `-c CODE`, `-m MODULE` or `-`, and the program's own arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "PROGRAM")]
    pub(crate) words: Vec<String>,
}

/// What is to be done about a program's memory over time.
#[derive(Debug, Subcommand)]
pub(crate) enum MprofCommand {
    /// Run a program and write down its memory; functions marked with `@profile` get brackets and a table of their lines
    Run(MprofRunArgs),
    /// Draw what was written down, as SVG
    Plot(MprofPlotArgs),
    /// List the files with what was written down in this folder
    List,
    /// Remove some of these files, by their numbers in the list
    Rm {
        /// Their numbers
        #[arg(required = true)]
        numbers: Vec<usize>,
    },
    /// Remove all of these files
    Clean,
}

/// A program whose memory is to be watched.
#[derive(Debug, Args)]
pub(crate) struct MprofRunArgs {
    /// The file to write; without it mprofile_ and the time
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// How often to look at the memory, in seconds
    #[arg(short = 'T', long, value_name = "SECONDS", default_value_t = 0.1)]
    pub(crate) interval: f64,
    /// No table of lines, which costs time at every line of a marked function
    #[arg(long)]
    pub(crate) no_lines: bool,
    #[command(flatten)]
    pub(crate) program: ProgramArgs,
}

/// What is to be drawn.
#[derive(Debug, Args)]
pub(crate) struct MprofPlotArgs {
    /// What `mprof run` wrote, ours or memory_profiler's; without it, the newest file in this folder
    pub(crate) file: Option<PathBuf>,
    /// The SVG to write; without it, beside the file
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Print it as text instead
    #[arg(long, conflicts_with = "output")]
    pub(crate) text: bool,
}

/// A program to run under several versions.
#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    /// A version to be among them; may be given several times. Without any: all
    #[arg(long, value_name = "VERSION")]
    pub(crate) python: Vec<Version>,
    /// How the comparison is told
    #[arg(long, value_enum, default_value_t = CompareFormat::Text)]
    pub(crate) format: CompareFormat,
    /// FILE, `-c CODE` or `-m MODULE`, and the program's own arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true, value_name = "PROGRAM")]
    pub(crate) words: Vec<String>,
}

/// How a comparison is told.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum CompareFormat {
    /// Lines, with the versions that print them.
    Text,
    /// One object, for tools.
    Json,
}

/// Which pages, run by what.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// Pages or folders; without any, the whole book
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
}

/// What runs the cells.
#[derive(Debug, Args)]
pub(crate) struct EngineArgs {
    /// Run the cells on this CPython instead, as the judge; may be given for several versions
    #[arg(long, value_name = "PYTHON")]
    pub(crate) cpython: Vec<PathBuf>,
    /// Run the cells on this installed Jupyter kernel instead
    #[arg(long, value_name = "NAME", conflicts_with = "cpython")]
    pub(crate) kernel: Option<String>,
    /// Run the Rust cells too, in evcxr_jupyter
    #[arg(long)]
    pub(crate) rust: bool,
    /// Stop a cell that prints nothing for so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    pub(crate) limit: u64,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) run: RunArgs,
    /// How findings are told
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Check again at each change
    #[arg(long)]
    pub(crate) watch: bool,
}

#[derive(Debug, Args)]
pub(crate) struct BlessArgs {
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) run: RunArgs,
    /// The port; without it 3000, or any that is free
    #[arg(long)]
    pub(crate) port: Option<u16>,
    /// The address to be reached at
    #[arg(long, default_value = "127.0.0.1")]
    pub(crate) hostname: String,
}

#[derive(Debug, Args)]
pub(crate) struct NotebooksArgs {
    /// Write nothing; tell which notebooks are not what their pages make
    #[arg(long)]
    pub(crate) check: bool,
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
}

#[derive(Debug, Args)]
pub(crate) struct KernelArgs {
    /// The connection file that Jupyter wrote
    #[arg(short = 'f', long = "connection-file", value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Keep no cells for later sessions
    #[arg(long)]
    pub(crate) no_history: bool,
    /// Which CPython to be: 3.14, 3.13, 3.12, 3.11, 3.10, or 2.7-gc for the collector of 2.7
    #[arg(long, value_name = "VERSION", default_value_t)]
    pub(crate) python: Version,
}

/// Where a kernel is installed, and its name there.
#[derive(Debug, Args)]
pub(crate) struct PlaceArgs {
    /// For this user (the default)
    #[arg(long, conflicts_with_all = ["sys_prefix", "prefix"])]
    pub(crate) user: bool,
    /// In the active environment: that of conda or of a virtual environment
    #[arg(long, conflicts_with = "prefix")]
    pub(crate) sys_prefix: bool,
    /// Under this folder, in share/jupyter/kernels
    #[arg(long, value_name = "FOLDER")]
    pub(crate) prefix: Option<PathBuf>,
    /// The name that Jupyter knows it by
    #[arg(long, default_value = "heapbook")]
    pub(crate) name: String,
}

#[derive(Debug, Args)]
pub(crate) struct InstallArgs {
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
    /// The name that people see
    #[arg(long, value_name = "NAME")]
    pub(crate) display_name: Option<String>,
    /// Which CPython to be: 3.14, 3.13, 3.12, 3.11, 3.10, or 2.7-gc for the collector of 2.7
    #[arg(long, value_name = "VERSION", default_value_t)]
    pub(crate) python: Version,
    /// A variable of the kernel's environment; may be given several times
    #[arg(long, num_args = 2, value_names = ["KEY", "VALUE"], action = clap::ArgAction::Append)]
    pub(crate) env: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct PreprocessArgs {
    #[command(subcommand)]
    pub(crate) question: Option<PreprocessQuestion>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PreprocessQuestion {
    /// Tell by the exit status whether a renderer is supported
    Supports {
        /// The renderer's name
        renderer: String,
    },
}

/// How findings are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// As annotations of a GitHub workflow
    Github,
    /// As JUnit XML
    Junit,
    /// As JSON, a version number in it
    Json,
}
