package io.knit.launcher.remote.home;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * One command, as a shell has to know it.
 *
 * @param path its words, without {@code knit}
 * @param words those that may follow
 * @param options all its options' names
 * @param valued those of them that take a value
 * @param names what else may follow
 */
record Completable(List<String> path, List<String> words, List<String> options, List<String> valued, Names names) {
    /** What is completed by looking it up. */
    enum Names {
        NONE,
        FILES,
        DEPLOYMENTS,
        NODES,
        CONTEXTS
    }

    /** The command and all below it, itself first. */
    static List<Completable> all(CommandSpec command) {
        List<Completable> all = new ArrayList<>();
        add(command, List.of(), all);
        // one that has two names is there twice
        return all.stream().distinct().toList();
    }

    private static void add(CommandSpec command, List<String> path, List<Completable> all) {
        List<String> options = new ArrayList<>();
        List<String> valued = new ArrayList<>();
        for (OptionSpec option : command.options()) {
            options.addAll(List.of(option.names()));
            if (option.arity().min() > 0) {
                valued.addAll(List.of(option.names()));
            }
        }
        List<String> words = new ArrayList<>(command.subcommands().keySet());
        command.positionalParameters().forEach(parameter -> {
            if (parameter.type().isEnum()) {
                Arrays.stream(parameter.type().getEnumConstants())
                        .map(String::valueOf)
                        .forEach(words::add);
            }
        });
        all.add(new Completable(path, words, options, valued, names(command, path)));
        for (CommandLine below : command.subcommands().values()) {
            List<String> longer = new ArrayList<>(path);
            longer.add(below.getCommandName());
            add(below.getCommandSpec(), longer, all);
        }
    }

    private static Names names(CommandSpec command, List<String> path) {
        if (command.positionalParameters().isEmpty()) {
            return Names.NONE;
        }
        String group = path.size() > 1 ? path.get(0) : "";
        return switch (command.positionalParameters().get(0).paramLabel()) {
            case "FILE" -> Names.FILES;
            case "NODE" -> Names.NODES;
            case "NAME" ->
                group.equals("context")
                        ? path.get(1).equals("add") ? Names.NONE : Names.CONTEXTS
                        : group.isEmpty() ? Names.DEPLOYMENTS : Names.NONE;
            default -> Names.NONE;
        };
    }
}
