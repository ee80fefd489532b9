use super::*;

fn runs() -> Table {
    let mut table =
        Table::new(["RUN", "PIPELINE", "ENV", "STARTED"]).flexible(&["PIPELINE"]).expendable(&["ENV"]);
    table.row([
        cell("0190a7b2-0000-7000-8000-00000000abcd").brief("0000abcd"),
        cell("rent-journey/daily-listings"),
        cell("prod"),
        cell("2026-11-21 09:30:00Z").narrow("11-21 09:30Z"),
    ]);
    table
}

fn at(width: usize) -> String {
    runs().render(&Style { terminal: true, color: false, width })
}

#[test]
fn off_a_terminal_a_table_is_aligned_text() {
    let mut table = Table::new(["NAME", "STATUS"]);
    table.row([cell("a"), cell("SUCCEEDED").tone(Tone::Good)]);
    table.row([cell("a-longer-name"), cell("")]);
    assert_eq!(
        table.render(&Style::plain()),
        "NAME           STATUS\na              SUCCEEDED\na-longer-name\n"
    );
    assert!(runs().render(&Style::plain()).contains("0190a7b2-0000-7000-8000-00000000abcd"));
}

#[test]
fn on_a_terminal_it_is_fitted_step_by_step() {
    assert_eq!(
        at(100),
        "RUN       PIPELINE                     ENV   STARTED\n\
         0000abcd  rent-journey/daily-listings  prod  2026-11-21 09:30:00Z\n"
    );
    assert_eq!(
        at(60),
        "RUN       PIPELINE                     ENV   STARTED\n\
         0000abcd  rent-journey/daily-listings  prod  11-21 09:30Z\n"
    );
    assert_eq!(
        at(54),
        "RUN       PIPELINE                  ENV   STARTED\n\
         0000abcd  rent-journey/daily-list…  prod  11-21 09:30Z\n"
    );
    assert_eq!(
        at(36),
        "RUN       PIPELINE      STARTED\n\
         0000abcd  rent-journe…  11-21 09:30Z\n\
         Left out for lack of room: ENV\n"
    );
}
