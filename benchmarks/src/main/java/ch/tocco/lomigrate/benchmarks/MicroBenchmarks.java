package ch.tocco.lomigrate.benchmarks;

import ch.tocco.lomigrate.benchmarks.report.MicroText;
import ch.tocco.lomigrate.benchmarks.report.Report;
import ch.tocco.lomigrate.benchmarks.results.Circumstances;
import ch.tocco.lomigrate.benchmarks.results.Entry;
import ch.tocco.lomigrate.benchmarks.results.Results;
import ch.tocco.lomigrate.benchmarks.results.ResultsFile;
import ch.tocco.lomigrate.benchmarks.results.Score;
import ch.tocco.lomigrate.benchmarks.servers.Servers;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs JMH with the options given, with the servers up, and keeps what comes of it beside the baselines. */
public final class MicroBenchmarks {
    /** Where JMH writes its own file. */
    private static final String RESULTS = "lo.migrate.bench.results";

    /** Where the results of all benchmarks are kept. */
    private static final String DIRECTORY = "lo.migrate.bench.directory";

    private MicroBenchmarks() {}

    /** Takes {@code --quick} or {@code --full}, then JMH's own arguments, which win. */
    @SuppressWarnings("try") // the servers only run
    public static void main(String[] arguments)
            throws IOException, SQLException, RunnerException, CommandLineOptionException {
        CommandLineOptions options = new CommandLineOptions(Arrays.copyOfRange(arguments, 1, arguments.length));
        if (options.shouldHelp()) {
            options.showHelp();
        } else if (options.shouldList()) {
            new Runner(options).list();
        } else {
            try (Servers servers = Servers.start()) {
                boolean full = arguments[0].equals("--full");
                Collection<RunResult> results = new Runner(complete(options, full, servers)).run();
                Path directory = Path.of(System.getProperty(DIRECTORY));
                keep(results, full, servers, new ResultsFile(directory));
                Report.write(directory);
            }
        }
    }

    /** The figures of a class replace those that it had before. */
    private static void keep(Collection<RunResult> results, boolean full, Servers servers, ResultsFile file)
            throws IOException, SQLException {
        String postgres = "PostgreSQL " + servers.postgres().version() + " (embedded, fsync off)";
        for (Map.Entry<String, List<RunResult>> ofClass :
                Scores.byClass(results).entrySet()) {
            var params = ofClass.getValue().get(0).getParams();
            int rounds = params.getForks() * params.getMeasurement().getCount();
            Circumstances how = Circumstances.here(postgres, rounds, full);
            List<Score> scores = ofClass.getValue().stream().map(Scores::of).toList();
            System.out.println(ofClass.getKey() + "\n" + MicroText.of(new Entry<>(how, scores)));
            file.add(Results::micro, ofClass.getKey(), how, scores);
        }
    }

    private static Options complete(CommandLineOptions given, boolean full, Servers servers) {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .parent(given)
                .addProfiler(ClientCpu.class)
                .jvmArgsAppend(servers.jvmArguments())
                .shouldFailOnError(true);
        if (full) {
            options.forks(given.getForkCount().orElse(2))
                    .warmupIterations(given.getWarmupIterations().orElse(10))
                    .measurementIterations(given.getMeasurementIterations().orElse(5))
                    .warmupTime(given.getWarmupTime().orElse(TimeValue.seconds(1)))
                    .measurementTime(given.getMeasurementTime().orElse(TimeValue.seconds(1)));
        }
        if (!given.getResult().hasValue()) {
            options.result(System.getProperty(RESULTS)).resultFormat(ResultFormatType.JSON);
        }
        return options.build();
    }
}
