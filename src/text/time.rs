//! Points in time and spans, in whole seconds, as Argo CD counts them.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
/// The longest span that is taken: a hundred years, which no clock is asked to add up wrongly.
const MOST: u64 = 36_500 * DAY;

/// A point in time: seconds since 1970, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub i64);

impl Moment {
    /// How long it is after `earlier`; zero if it is not.
    pub fn since(self, earlier: Self) -> Span {
        Span::seconds(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// This much later.
    #[must_use]
    pub fn after(self, span: Span) -> Self {
        Self(self.0.saturating_add_unsigned(span.seconds))
    }

    /// Reads RFC 3339 in UTC, as the API server writes it: `2026-11-22T04:09:51Z`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_suffix('Z')?;
        let (date, time) = text.split_once('T')?;
        let numbers = |text: &str, by: char| {
            let parts = text.split(by).map(|part| part.parse::<i64>().ok());
            <[i64; 3]>::try_from(parts.collect::<Option<Vec<_>>>()?).ok()
        };
        let [year, month, day] = numbers(date, '-')?;
        // A fraction of a second does not matter here.
        let [hour, minute, second] = numbers(time.split('.').next()?, ':')?;
        let fits = (0..=9999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=31).contains(&day)
            && (0..24).contains(&hour)
            && (0..60).contains(&minute)
            && (0..=60).contains(&second);
        // The same calendar as below: years start in March, so that the leap day is the last.
        let (year, month) = if month > 2 {
            (year, month - 3)
        } else {
            (year - 1, month + 9)
        };
        let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let day_of_year = (153 * month + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        let days = era * 146_097 + day_of_era - 719_468;
        fits.then_some(Self(((days * 24 + hour) * 60 + minute) * 60 + second))
    }

    /// `20261122T040951Z`: no space and no punctuation, sorts by time.
    pub fn compact(self) -> String {
        self.to_string().replace(['-', ':'], "")
    }
}

impl From<SystemTime> for Moment {
    fn from(time: SystemTime) -> Self {
        let seconds = |span: Duration| i64::try_from(span.as_secs()).unwrap_or(i64::MAX);
        match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => Self(seconds(after)),
            Err(before) => Self(-seconds(before.duration())),
        }
    }
}

/// RFC 3339 in UTC: `2026-11-22T04:09:51Z`. Beyond the years 0 to 9999 the number of seconds.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DAY: i64 = 24 * 60 * 60;
        let (days, second) = (self.0.div_euclid(DAY), self.0.rem_euclid(DAY));
        // Days since 0000-03-01 of the proleptic Gregorian calendar, whose leap day is the last of
        // a year that starts in March; 400 years have 146,097 days.
        let days = days + 719_468;
        let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = (month_from_march + 2) % 12 + 1;
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        if !(0..=9999).contains(&year) {
            return write!(f, "@{}", self.0);
        }
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
        )
    }
}

/// A length of time in whole seconds, written as argocd takes it: one number and one of `s`, `m`,
/// `h`, `d`. It is shown in the unit in which it was written.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    seconds: u64,
    unit: u64,
}

impl Span {
    /// This many seconds.
    pub const fn seconds(seconds: u64) -> Self {
        Self { seconds, unit: 1 }
    }

    /// How many seconds it has.
    pub const fn as_seconds(self) -> u64 {
        self.seconds
    }

    /// The same for the clock.
    pub const fn duration(self) -> Duration {
        Duration::from_secs(self.seconds)
    }

    /// As `kubectl get` shows an age: two units at most, and no more than one can use.
    pub fn age(self) -> String {
        let s = self.seconds;
        let two = |value: u64, unit: char, rest: u64, small: char| match rest {
            0 => format!("{value}{unit}"),
            _ => format!("{value}{unit}{rest}{small}"),
        };
        match s {
            _ if s < 2 * MINUTE => format!("{s}s"),
            _ if s < 10 * MINUTE => two(s / MINUTE, 'm', s % MINUTE, 's'),
            _ if s < 3 * HOUR => format!("{}m", s / MINUTE),
            _ if s < 8 * HOUR => two(s / HOUR, 'h', s % HOUR / MINUTE, 'm'),
            _ if s < 2 * DAY => format!("{}h", s / HOUR),
            _ if s < 8 * DAY => two(s / DAY, 'd', s % DAY / HOUR, 'h'),
            _ => format!("{}d", s / DAY),
        }
    }
}

impl PartialEq for Span {
    fn eq(&self, other: &Self) -> bool {
        self.seconds == other.seconds
    }
}

impl Eq for Span {}

impl PartialOrd for Span {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Span {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.seconds.cmp(&other.seconds)
    }
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = |why: &str| {
            format!("{why}: write one number and one unit of s, m, h and d, such as 90d or 720h")
        };
        let unit = text.chars().last().ok_or_else(|| wrong("it is empty"))?;
        let unit = match unit {
            's' => 1,
            'm' => MINUTE,
            'h' => HOUR,
            'd' => DAY,
            _ => return Err(wrong("it does not end in a unit")),
        };
        let digits = &text[..text.len() - 1];
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(wrong("the part before the unit is not a number"));
        }
        let span = digits
            .parse::<u64>()
            .ok()
            .and_then(|number| number.checked_mul(unit))
            .filter(|seconds| *seconds <= MOST);
        span.map(|seconds| Self { seconds, unit })
            .ok_or_else(|| wrong("it is longer than a hundred years"))
    }
}

/// As argocd takes it.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.unit {
            DAY => 'd',
            HOUR => 'h',
            MINUTE => 'm',
            _ => 's',
        };
        write!(f, "{}{name}", self.seconds / self.unit)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_shown_is_read_again() {
        for seconds in [
            0,
            951_782_399,
            951_868_800,
            1_795_320_591,
            4_107_542_399,
            -1,
        ] {
            let moment = Moment(seconds);
            assert_eq!(Moment::parse(&moment.to_string()), Some(moment));
        }
        assert_eq!(Moment::parse("1970-01-01T00:00:01.250Z"), Some(Moment(1)));
        for wrong in [
            "",
            "2026-11-22",
            "2026-11-22T04:09:51+01:00",
            "2026-13-01T00:00:00Z",
            "x-1-1T0:0:0Z",
        ] {
            assert_eq!(Moment::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn moments_are_written_in_rfc_3339() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_799, "2000-02-29T23:59:59Z"),
            (1_795_320_591, "2026-11-22T04:09:51Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
            (253_402_300_800, "@253402300800"),
            (-62_167_219_201, "@-62167219201"),
        ] {
            assert_eq!(Moment(seconds).to_string(), text);
        }
        assert_eq!(Moment(1_795_320_591).compact(), "20261122T040951Z");
    }

    #[test]
    fn spans_are_what_argocd_takes_and_nothing_else() {
        assert_eq!("90d".parse(), Ok(Span::seconds(7_776_000)));
        assert_eq!("720h".parse(), Ok(Span::seconds(2_592_000)));
        assert_eq!("0s".parse(), Ok(Span::seconds(0)));
        for wrong in [
            "",
            "d",
            "90",
            "1 week",
            "-1h",
            "+1h",
            "1.5h",
            "1h30m",
            "1w",
            "90D",
            " 1h",
            "1h ",
            "٣h",
            "1é",
            "36501d",
            "99999999999999999999s",
        ] {
            assert!(wrong.parse::<Span>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn ages_look_as_in_kubectl() {
        for (seconds, text) in [
            (0, "0s"),
            (119, "119s"),
            (125, "2m5s"),
            (600, "10m"),
            (10_799, "179m"),
            (10_860, "3h1m"),
            (90_000, "25h"),
            (180_000, "2d2h"),
            (172_800, "2d"),
            (7_776_000, "90d"),
        ] {
            assert_eq!(Span::seconds(seconds).age(), text);
        }
    }

    proptest! {
        #[test]
        fn a_span_that_is_shown_reads_back(seconds in 0..MOST) {
            prop_assert_eq!(Span::seconds(seconds).to_string().parse(), Ok(Span::seconds(seconds)));
        }

        #[test]
        fn a_span_is_shown_as_it_was_written(text in "[1-9][0-9]{0,3}[smhd]") {
            prop_assert_eq!(text.parse::<Span>().unwrap().to_string(), text);
        }

        #[test]
        fn moments_sort_as_their_texts(a in 0..253_402_300_799_i64, b in 0..253_402_300_799_i64) {
            prop_assert_eq!(a.cmp(&b), Moment(a).compact().cmp(&Moment(b).compact()));
        }

        #[test]
        fn any_moment_and_any_text_is_survived(seconds: i64, text: String) {
            let _ = Moment(seconds).to_string();
            let _ = text.parse::<Span>();
        }
    }
}
