package ch.tocco.lomigrate.flags;

import ch.tocco.lomigrate.config.Shard;
import ch.tocco.lomigrate.config.Surroundings;
import ch.tocco.lomigrate.values.ShardValue;
import com.beust.jcommander.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which share of the rows this process takes, where several take them. */
public final class ShardFlags {
    /** A variable in which an engine tells a process its place in an array of jobs, and the number that it counts from. */
    private record Index(String variable, int first) {}

    private static final List<Index> ENGINES = List.of(
            new Index("SLURM_ARRAY_TASK_ID", 1),
            new Index("JOB_COMPLETION_INDEX", 0),
            new Index("AWS_BATCH_JOB_ARRAY_INDEX", 0));

    @Parameter(
            names = "--shard",
            placeholder = "I/N",
            converter = ShardValue.Converter.class,
            category = Headings.RUN,
            order = 49,
            defaultValueDescription = "all rows",
            description =
                    "Take the rows of shard I of N only, while other processes take the others. auto/N takes I from"
                            + " Slurm's SLURM_ARRAY_TASK_ID, from Kubernetes' JOB_COMPLETION_INDEX or from AWS Batch's"
                            + " AWS_BATCH_JOB_ARRAY_INDEX; the last two count from 0.")
    ShardValue shard;

    /** Whether a shard was asked for, right or wrong. */
    public boolean isGiven() {
        return shard != null;
    }

    /** The shard of this process; empty: none was asked for, or a mistake was noted. */
    public Optional<Shard> toConfig(Surroundings surroundings, Mistakes mistakes) {
        if (shard == null) {
            return Optional.empty();
        }
        return shard.number().isPresent()
                ? Optional.of(new Shard(shard.number().getAsInt(), shard.count()))
                : ofEngine(surroundings.environment(), mistakes);
    }

    private Optional<Shard> ofEngine(Map<String, String> environment, Mistakes mistakes) {
        List<Index> told = new ArrayList<>(ENGINES);
        told.removeIf(engine -> environment.getOrDefault(engine.variable(), "").isBlank());
        if (told.size() != 1) {
            mistakes.mistake(
                    "--shard",
                    told.isEmpty()
                            ? shard + " finds no engine that tells this process its index: "
                                    + names(ENGINES, ", ") + " are not set. Give the shard as I/N, such as 1/"
                                    + shard.count()
                            : shard + " finds more than one engine: " + names(told, " and ")
                                    + " are set. Give the shard as I/N");
            return Optional.empty();
        }
        return number(told.get(0), environment.get(told.get(0).variable()), mistakes);
    }

    private Optional<Shard> number(Index engine, String value, Mistakes mistakes) {
        int last = engine.first() + shard.count() - 1;
        int index = value.matches("[0-9]{1,9}") ? Integer.parseInt(value) : -1;
        if (index < engine.first() || index > last) {
            mistakes.mistake(
                    "--shard",
                    shard + " needs " + engine.variable() + " from " + engine.first() + " to " + last + ", not '"
                            + value + "'");
            return Optional.empty();
        }
        return Optional.of(new Shard(index - engine.first() + 1, shard.count()));
    }

    private static String names(List<Index> engines, String between) {
        return String.join(between, engines.stream().map(Index::variable).toList());
    }
}
