//! What a person sees: the pixels of a virtual screen, read from its memory while programs paint on it.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A screen of its own, whose memory is a file.
pub(super) struct Screen {
    server: Child,
    memory: PathBuf,
    /// What programs call it.
    pub(super) display: String,
}

/// What a screen showed at a moment: one number per pixel, row by row.
pub(super) struct Picture {
    pixels: Vec<u32>,
    width: usize,
}

/// How much of a finished picture's middle is painted where, in squares: text is never drawn twice to the same pixel, and
/// the edges hold clocks.
pub(super) struct Ink {
    background: u32,
    squares: HashMap<(usize, usize), u32>,
}

/// The side of a square in pixels, about a letter.
const SQUARE: usize = 12;

impl Screen {
    /// Starts one of 1600 × 1000 pixels. `dir` holds its memory.
    pub(super) fn start(dir: &Path) -> Self {
        let (mut reader, writer) = std::io::pipe().expect("a pipe");
        let server = Command::new("sh")
            // The server writes the number of the display it found free to the given descriptor.
            .args(["-c", r#"exec Xvfb -displayfd 1 -screen 0 1600x1000x24 -nolisten tcp -fbdir "$0""#])
            .arg(dir)
            .stdout(Stdio::from(writer))
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb starts");
        let mut number = Vec::new();
        let mut byte = [0];
        while reader.read(&mut byte).is_ok_and(|read| read == 1) && byte != *b"\n" {
            number.extend(byte);
        }
        let number = String::from_utf8(number).expect("a number");
        Self { server, memory: dir.join("Xvfb_screen0"), display: format!(":{number}") }
    }

    /// What it shows now.
    pub(super) fn look(&self) -> Picture {
        let mut bytes = Vec::new();
        File::open(&self.memory).and_then(|mut file| file.read_to_end(&mut bytes)).expect("the screen's memory");
        // An X window dump: a header of big-endian words, a palette, then the rows.
        let word = |at: usize| {
            let bytes = bytes.get(at * 4..at * 4 + 4).and_then(|four| four.try_into().ok());
            u32::from_be_bytes(bytes.expect("a whole header")) as usize
        };
        let (header, width, height, line, palette) = (word(0), word(4), word(5), word(12), word(19));
        let rows = bytes.get(header + palette * 12..).expect("pixels");
        let row =
            |row: &[u8]| row.chunks_exact(4).take(width).map(|p| u32::from_le_bytes([p[0], p[1], p[2], 0])).collect();
        let pixels: Vec<Vec<u32>> = rows.chunks_exact(line).take(height).map(row).collect();
        Picture { pixels: pixels.concat(), width }
    }

    /// Waits until the ink is on the screen. How long that took from `since` on; `None` when it did not come.
    pub(super) fn wait_for(&self, ink: &Ink, since: Instant, most: Duration) -> Option<Duration> {
        loop {
            let shown = ink.share_on(&self.look());
            let passed = since.elapsed();
            if shown > 0.9 {
                return Some(passed);
            }
            if passed > most {
                return None;
            }
            std::thread::sleep(Duration::from_millis(4));
        }
    }

    /// Waits until nothing changes any more for a while.
    pub(super) fn settled(&self, quiet: Duration, most: Duration) -> Picture {
        let began = Instant::now();
        let mut last = self.look();
        let mut since = Instant::now();
        while since.elapsed() < quiet && began.elapsed() < most {
            std::thread::sleep(Duration::from_millis(100));
            let now = self.look();
            if now.ink().share_on(&last) < 0.995 || now.ink().len() == 0 {
                since = Instant::now();
            }
            last = now;
        }
        last
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.server.kill().ok();
        self.server.wait().ok();
    }
}

impl Picture {
    /// The ink of its middle: of a list, the rows.
    pub(super) fn ink(&self) -> Ink {
        let mut counts = HashMap::new();
        for (_, pixel) in self.middle() {
            *counts.entry(pixel).or_insert(0_u32) += 1;
        }
        let background = counts.into_iter().max_by_key(|(_, count)| *count).map_or(0, |(pixel, _)| pixel);
        Ink { background, squares: self.squares(background) }
    }

    /// Pixels between a quarter and three quarters of its width, three tenths and eight tenths of its height.
    fn middle(&self) -> impl Iterator<Item = ((usize, usize), u32)> {
        let (width, height) = (self.width, self.pixels.len() / self.width.max(1));
        let places =
            (height * 3 / 10..height * 8 / 10).flat_map(move |y| (width / 4..width * 3 / 4).map(move |x| (x, y)));
        places.map(move |(x, y)| ((x, y), self.pixels[y * width + x]))
    }

    fn squares(&self, background: u32) -> HashMap<(usize, usize), u32> {
        let mut squares = HashMap::new();
        for ((x, y), _) in self.middle().filter(|(_, pixel)| *pixel != background) {
            *squares.entry((x / SQUARE, y / SQUARE)).or_insert(0) += 1;
        }
        squares
    }

    /// Keeps it as a portable pixmap, to be looked at.
    pub(super) fn keep(&self, path: &Path) {
        let height = self.pixels.len() / self.width.max(1);
        let mut bytes = format!("P6 {} {height} 255\n", self.width).into_bytes();
        bytes.extend(self.pixels.iter().flat_map(|p| [(p >> 16) as u8, (p >> 8) as u8, *p as u8]));
        std::fs::write(path, bytes).expect("the picture can be written");
    }
}

impl Ink {
    /// How much of it is there: of the squares with ink the share that is about as full on this picture, or of those
    /// without the share that is empty, whichever is less.
    fn share_on(&self, picture: &Picture) -> f64 {
        let shown = picture.squares(self.background);
        let (mut with, mut alike, mut without, mut empty) = (0_u32, 0_u32, 0_u32, 0_u32);
        let places: HashSet<_> = picture.middle().map(|((x, y), _)| (x / SQUARE, y / SQUARE)).collect();
        for place in places {
            let there = shown.get(&place).copied().unwrap_or(0);
            if let Some(wanted) = self.squares.get(&place) {
                with += 1;
                alike += u32::from(there * 2 >= *wanted && there <= *wanted * 2 + 8);
            } else {
                without += 1;
                empty += u32::from(there <= 8);
            }
        }
        let share = |part: u32, of: u32| f64::from(part) / f64::from(of.max(1));
        if without == 0 { share(alike, with) } else { share(alike, with).min(share(empty, without)) }
    }

    /// How many squares hold some of it.
    pub(super) fn len(&self) -> usize {
        self.squares.len()
    }
}
