package ch.tocco.lomigrate.benchmarks;

import java.io.IOException;
import java.util.Collection;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Runs JMH with the options given, with the servers up, and compares what comes of it with the baselines. */
public final class MicroBenchmarks {
    private MicroBenchmarks() {}

    /** Takes JMH's own arguments. */
    @SuppressWarnings("try") // the servers only run
    public static void main(String[] arguments) throws IOException, RunnerException, CommandLineOptionException {
        CommandLineOptions options = new CommandLineOptions(arguments);
        if (options.shouldHelp()) {
            options.showHelp();
            return;
        }
        if (options.shouldList()) {
            new Runner(options).list();
            return;
        }
        try (Servers servers = Servers.start()) {
            Collection<RunResult> results = new Runner(new OptionsBuilder()
                            .parent(options)
                            .addProfiler(ClientCpu.class)
                            .jvmArgsAppend(servers.jvmArguments())
                            .shouldFailOnError(true)
                            .build())
                    .run();
            System.out.println(ScoreTable.of(results));
        }
    }
}
