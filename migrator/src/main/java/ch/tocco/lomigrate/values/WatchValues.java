package ch.tocco.lomigrate.values;

import ch.tocco.lomigrate.config.MigrationConfig;
import com.beust.jcommander.IStringConverter;
import com.beust.jcommander.ParameterException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Kinds of values of the flags by which a run is watched. */
public final class WatchValues {
    private static final String LOOPBACK = "127.0.0.1";
    private static final int LAST_PORT = 65_535;
    private static final Pattern ADDRESS = Pattern.compile("(?:(?:\\[([0-9a-fA-F:.%\\w]+)]|([\\w.-]+)):)?([0-9]{1,5})");

    private WatchValues() {}

    /** Where to listen: PORT or HOST:PORT, with brackets around IPv6. */
    public static final class Listen implements IStringConverter<MigrationConfig.Watch.Address> {
        @Override
        public MigrationConfig.Watch.Address convert(String text) {
            Matcher address = ADDRESS.matcher(text.strip());
            if (!address.matches() || Integer.parseInt(address.group(3)) > LAST_PORT) {
                throw new ParameterException("must be PORT or HOST:PORT, as in 9187 or [::1]:9187, not '" + text + "'");
            }
            String host = address.group(1) == null ? address.group(2) : address.group(1);
            return new MigrationConfig.Watch.Address(
                    host == null ? LOOPBACK : host, Integer.parseInt(address.group(3)));
        }
    }

    /** A file whose name says in which form the report is written. */
    public static final class ReportFile implements IStringConverter<Path> {
        private final Converters.FilePath paths = new Converters.FilePath();

        @Override
        public Path convert(String text) {
            Path file = paths.convert(text);
            if (!text.endsWith(".json") && !text.endsWith(".html")) {
                throw new ParameterException("must end in .json or .html, not '" + text + "'");
            }
            return file;
        }
    }
}
