package ch.tocco.lomigrate.login;

import java.time.ZoneId;
import java.util.Optional;
import java.util.TimeZone;

/** The time zone that the driver sends at each login, which is always the JVM's zone. */
public final class DriverTimeZone {
    private DriverTimeZone() {}

    /**
     * Replaces one of Java's short zone names in {@code TZ} by its full name: PostgreSQL refuses {@code JST} and {@code PST}.
     * The zone stays the same, and so do the times that the tool shows.
     */
    public static void useFullName() {
        fullName(TimeZone.getDefault().getID()).map(TimeZone::getTimeZone).ifPresent(TimeZone::setDefault);
    }

    /** The full name of a short one. Empty for names of a mere offset, such as EST, which PostgreSQL knows too. */
    static Optional<String> fullName(String id) {
        return Optional.ofNullable(ZoneId.SHORT_IDS.get(id)).filter(full -> full.indexOf('/') > 0);
    }
}
