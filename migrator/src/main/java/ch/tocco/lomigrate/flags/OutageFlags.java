package ch.tocco.lomigrate.flags;

import ch.tocco.lomigrate.config.FaultConfig;
import ch.tocco.lomigrate.values.Converters;
import com.beust.jcommander.Parameter;
import java.time.Duration;

/** How long a command waits for servers. */
public final class OutageFlags {
    @Parameter(
            names = "--outage-timeout",
            placeholder = "min",
            converter = Converters.Minutes.class,
            category = Headings.FAULTS,
            order = 55,
            description = "How long database or store may be away before the run ends, with exit code 5.")
    public Duration outageTimeout = FaultConfig.DEFAULT_OUTAGE_TIMEOUT;

    @Parameter(
            names = "--request-timeout",
            placeholder = "s",
            converter = Converters.Seconds.class,
            category = Headings.FAULTS,
            order = 56,
            description = "How long database or store may say nothing in the middle of a request before it counts as"
                    + " away.")
    public Duration requestTimeout = FaultConfig.DEFAULT_REQUEST_TIMEOUT;
}
