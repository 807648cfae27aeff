//! What is asked for: the words on a page's `text heap` fence, and after a magic's name.

/// A picture that somebody wants.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Request {
    /// Which kind.
    pub view: View,
    /// The names to begin with; all of the program's, if there are none.
    pub names: Vec<String>,
}

/// The kinds of pictures.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum View {
    /// The heap as it is.
    #[default]
    Heap,
    /// `step`: a collection, step by step.
    Film,
    /// `diff`: what the cell changed.
    Diff,
    /// `timeline`: the memory while the cell ran.
    Timeline,
    /// `why=x`: what keeps an object alive.
    Why(String),
}

impl Request {
    /// Reads words. Gives the one that says nothing, if there is one.
    pub fn parse(words: &[&str]) -> Result<Request, String> {
        let mut request = Request::default();
        for word in words {
            let view = match *word {
                "step" => View::Film,
                "diff" => View::Diff,
                "timeline" => View::Timeline,
                word => match word.strip_prefix("why=") {
                    Some(name) if is_path(name) => View::Why(name.into()),
                    _ if word.split(',').all(is_path) => {
                        request.names.extend(word.split(',').map(str::to_owned));
                        continue;
                    }
                    _ => return Err(word.into()),
                },
            };
            if std::mem::replace(&mut request.view, view) != View::Heap {
                return Err((*word).into());
            }
        }
        Ok(request)
    }

    /// The words again.
    pub fn words(&self) -> String {
        let view = match &self.view {
            View::Heap => String::new(),
            View::Film => "step".into(),
            View::Diff => "diff".into(),
            View::Timeline => "timeline".into(),
            View::Why(name) => format!("why={name}"),
        };
        [view, self.names.join(",")].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

/// Names with dots between them.
fn is_path(text: &str) -> bool {
    let is_name = |part: &str| {
        !part.is_empty() && !part.starts_with(|c: char| c.is_numeric()) && part.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    text.split('.').all(is_name)
}
