package ch.tocco.lomigrate.postgres;

import static java.util.stream.Collectors.joining;

import java.util.List;

/**
 * What every session sets once, right after its login, whatever role, database or URL have set: only then a statement
 * means the same everywhere. Not sent with the login, as PgBouncer refuses that. The search path stays as it is, since
 * the table is found by it; {@code default_transaction_read_only} too, since an administrator has set it to protect the data.
 */
final class SessionSettings {
    private static final List<Setting> SETTINGS = List.of(
            // PostgreSQL then refuses what it would filter: rows that are hidden would be left behind without a word
            new Setting("row_security", "off"),
            // a role's limits are for applications; those of a run are set per purpose
            new Setting("statement_timeout", "0"),
            new Setting("lock_timeout", "0"),
            new Setting("idle_in_transaction_session_timeout", "0"),
            new Setting("idle_session_timeout", "0"),
            new Setting("transaction_timeout", "0"),
            new Setting("default_transaction_isolation", "read committed"),
            new Setting("default_transaction_deferrable", "off"),
            new Setting("transform_null_equals", "off"),
            new Setting("standard_conforming_strings", "on"),
            new Setting("array_nulls", "on"),
            new Setting("quote_all_identifiers", "off"),
            new Setting("plan_cache_mode", "auto"));

    /** One round trip; a setting that the server's version does not have is left out. */
    static final String SQL = "SELECT pg_catalog.set_config(s.name, w.setting, false) FROM (VALUES "
            + SETTINGS.stream().map(Setting::asRow).collect(joining(", "))
            + ") w(name, setting) JOIN pg_catalog.pg_settings s ON s.name = w.name WHERE s.setting <> w.setting";

    private SessionSettings() {}

    private record Setting(String name, String value) {
        String asRow() {
            return "('" + name + "', '" + value + "')";
        }
    }
}
