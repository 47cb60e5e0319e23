package ch.tocco.lomigrate.benchmarks;

import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
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

/** Runs JMH with the options given, with the servers up, and compares what comes of it with the baselines. */
public final class MicroBenchmarks {
    private static final String RESULTS = "lo.migrate.bench.results";

    private MicroBenchmarks() {}

    /** Takes {@code --quick} or {@code --full}, then JMH's own arguments, which win. */
    @SuppressWarnings("try") // the servers only run
    public static void main(String[] arguments) throws IOException, RunnerException, CommandLineOptionException {
        CommandLineOptions options = new CommandLineOptions(Arrays.copyOfRange(arguments, 1, arguments.length));
        if (options.shouldHelp()) {
            options.showHelp();
        } else if (options.shouldList()) {
            new Runner(options).list();
        } else {
            try (Servers servers = Servers.start()) {
                Collection<RunResult> results =
                        new Runner(complete(options, arguments[0].equals("--full"), servers)).run();
                System.out.println(ScoreTable.of(results));
            }
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
