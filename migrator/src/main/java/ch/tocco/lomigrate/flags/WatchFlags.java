package ch.tocco.lomigrate.flags;

import ch.tocco.lomigrate.config.MigrationConfig;
import ch.tocco.lomigrate.values.WatchValues;
import com.beust.jcommander.Parameter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What lets people and machines watch a run. */
public final class WatchFlags {
    @Parameter(
            names = "--metrics-addr",
            placeholder = "[HOST:]PORT",
            converter = WatchValues.Listen.class,
            category = Headings.WATCH,
            order = 59,
            defaultValueDescription = "off",
            description =
                    "Serve a live page at http://HOST:PORT/ and metrics for Prometheus at /metrics, read-only. HOST"
                            + " is 127.0.0.1 unless given; port 0 picks a free one, which is logged.")
    MigrationConfig.Watch.Address listen;

    @Parameter(
            names = "--report",
            placeholder = "FILE",
            converter = WatchValues.ReportFile.class,
            splitter = SourceFlags.Whole.class,
            category = Headings.WATCH,
            order = 60,
            defaultValueDescription = "none",
            description =
                    "Write a report of the run to this file, .html to look at or .json for programs: at the start,"
                            + " every minute and at the end. May be given several times.")
    List<Path> reports = new ArrayList<>();

    public MigrationConfig.Watch toConfig() {
        return new MigrationConfig.Watch(Optional.ofNullable(listen), reports);
    }
}
