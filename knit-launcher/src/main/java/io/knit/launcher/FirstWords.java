package io.knit.launcher;

import io.knit.launcher.remote.RemoteCommands;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The first words of the command line, in the order in which help shows them, each with what makes its command: of a line that names one only that is
 * made. All of them are 3 MB of the heap, for as long as an agent runs, and time at each start.
 */
final class FirstWords {
    private final Map<String, Supplier<CommandSpec>> makers = new LinkedHashMap<>();

    void add(String word, Supplier<CommandSpec> command) {
        makers.put(word, command);
    }

    void addCommand(String word, Supplier<?> command) {
        add(word, () -> RemoteCommands.spec(command.get()));
    }

    /** A word that is followed by another one: which, is made with it. */
    void addGroup(String word, String description, Supplier<? extends List<?>> commands) {
        add(word, () -> {
            CommandSpec group = KnitCommand.group(word, description);
            for (Object command : commands.get()) {
                CommandSpec spec = RemoteCommands.spec(command);
                group.addSubcommand(spec.name(), spec);
            }
            return group;
        });
    }

    boolean has(String word) {
        return makers.containsKey(word);
    }

    void addAllTo(CommandSpec knit) {
        makers.forEach((word, maker) -> knit.addSubcommand(word, maker.get()));
    }

    /** @throws NullPointerException where it is none of them */
    void addTo(CommandSpec knit, String word) {
        knit.addSubcommand(word, Objects.requireNonNull(makers.get(word), word).get());
    }
}
