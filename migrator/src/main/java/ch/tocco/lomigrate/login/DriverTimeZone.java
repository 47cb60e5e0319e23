package ch.tocco.lomigrate.login;

import java.time.ZoneId;
import java.util.Optional;
import java.util.TimeZone;

/** The time zone that the driver names to the server in each login: it has no setting for it but the JVM's own zone. */
public final class DriverTimeZone {
    private DriverTimeZone() {}

    /**
     * Gives the JVM's zone its full name where {@code TZ} has one of Java's short ones: PostgreSQL refuses {@code JST} and
     * {@code PST}. The zone is the same, and so are the times that are shown.
     */
    public static void useFullName() {
        fullName(TimeZone.getDefault().getID()).map(TimeZone::getTimeZone).ifPresent(TimeZone::setDefault);
    }

    /** The full name that Java knows for a short one; those of an offset alone, such as EST, PostgreSQL has too. */
    static Optional<String> fullName(String id) {
        return Optional.ofNullable(ZoneId.SHORT_IDS.get(id)).filter(full -> full.indexOf('/') > 0);
    }
}
