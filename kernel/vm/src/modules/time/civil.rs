//! Days and dates of the proleptic Gregorian calendar.

/// Days since 1 January 1970 of a date; `month` is 1 … 12.
pub(crate) fn days_of(year: i64, month: i64, day: i64) -> i64 {
    // The year starts in March here, so that the leap day is its last one.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day of the days since 1 January 1970.
pub(crate) fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// Whether a year has 366 days.
pub(crate) fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// A broken-down time (`struct tm`), with the numbers of Python: months, weeks and days of the year count from 1, Monday is 0.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tm {
    pub(crate) year: i64,
    pub(crate) month: i64,
    pub(crate) day: i64,
    pub(crate) hour: i64,
    pub(crate) minute: i64,
    pub(crate) second: i64,
    pub(crate) weekday: i64,
    pub(crate) yearday: i64,
    /// −1 is not known.
    pub(crate) dst: i64,
    pub(crate) zone: String,
    pub(crate) offset: i64,
}

impl Tm {
    /// The time so many seconds after 1970 began, in UTC.
    pub(crate) fn utc(seconds: i64) -> Tm {
        let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        let (year, month, day) = date_of(days);
        Tm {
            year,
            month,
            day,
            hour: rest / 3600,
            minute: rest / 60 % 60,
            second: rest % 60,
            weekday: (days + 3).rem_euclid(7),
            yearday: days - days_of(year, 1, 1) + 1,
            dst: 0,
            zone: "UTC".to_owned(),
            offset: 0,
        }
    }

    /// Seconds since 1970 began, as if the time were one of UTC. Numbers that are too large carry over.
    pub(crate) fn seconds(&self) -> i64 {
        let months = self.year * 12 + self.month - 1;
        let days = days_of(months.div_euclid(12), months.rem_euclid(12) + 1, 1) + self.day - 1;
        days * 86_400 + self.hour * 3600 + self.minute * 60 + self.second
    }
}
