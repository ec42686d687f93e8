package io.knit.launcher.remote;

import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** All commands that ask a server, and what others call them. */
public final class RemoteCommands {
    /** Words of docker, kubectl, nomad and helm for which Knit has another one. */
    private static final Map<String, String> OF_OTHERS = Map.ofEntries(
            Map.entry("apply", "deploy FILE"),
            Map.entry("create", "deploy FILE"),
            Map.entry("up", "deploy FILE"),
            Map.entry("install", "deploy FILE"),
            Map.entry("upgrade", "deploy FILE"),
            Map.entry("delete", "undeploy NAME"),
            Map.entry("rm", "undeploy NAME"),
            Map.entry("stop", "undeploy NAME, or knit scale NAME 0"),
            Map.entry("down", "undeploy NAME"),
            Map.entry("uninstall", "undeploy NAME"),
            Map.entry("purge", "undeploy NAME"),
            Map.entry("get", "status, knit ps or knit nodes"),
            Map.entry("list", "status"),
            Map.entry("ls", "status"),
            Map.entry("services", "status"),
            Map.entry("service", "status"),
            Map.entry("job", "status"),
            Map.entry("pods", "ps"),
            Map.entry("containers", "ps"),
            Map.entry("alloc", "ps, or knit explain INSTANCE"),
            Map.entry("inspect", "status NAME -o json"),
            Map.entry("describe", "explain NAME"),
            Map.entry("eval", "explain NAME"),
            Map.entry("revert", "rollback NAME"),
            Map.entry("undo", "rollback NAME"),
            Map.entry("rollout", "status NAME, knit history, knit restart or knit rollback"),
            Map.entry("cordon", "node pause NODE"),
            Map.entry("uncordon", "node activate NODE"),
            Map.entry("drain", "node drain NODE"),
            Map.entry("label", "node label NODE KEY=VALUE"));

    private RemoteCommands() {}

    /** In the order in which help shows them. */
    public static void addTo(CommandSpec knit) {
        for (Remote command : List.of(
                new Looking.Status(),
                new Looking.Ps(),
                new Looking.Nodes(),
                new Looking.Explain(),
                new Logs(),
                new Looking.Events(),
                new Looking.History(),
                new Looking.Diff(),
                new Changing.Scale(),
                new Changing.Restart(),
                new Changing.Rollback(),
                new Changing.Pause(),
                new Changing.Resume(),
                new Changing.Promote(),
                new WhatIf.Rebalance(),
                new WhatIf.Simulate())) {
            add(knit, command);
        }
    }

    public static void addNodeCommandsTo(CommandSpec node) {
        for (Remote command : List.of(
                new Nodes.Drain(), new Nodes.Pause(), new Nodes.Activate(), new Nodes.Label(), new Nodes.Forget())) {
            add(node, command);
        }
    }

    public static void addTokenCommandsTo(CommandSpec token) {
        for (Remote command : List.of(new Tokens.Create(), new Tokens.Show(), new Tokens.Revoke())) {
            add(token, command);
        }
    }

    /** Adds one to {@code knit}, or to a group of its commands. */
    public static void add(CommandSpec to, Remote command) {
        CommandSpec spec = CommandSpec.forAnnotatedObject(command);
        spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Print this help and end.")
                .build());
        spec.usageMessage().footer("", Exit.WORDS).sortOptions(false);
        to.addSubcommand(spec.name(), spec);
    }

    /** What {@code knit} has in its place, or empty. */
    public static String insteadOf(String word) {
        String own = OF_OTHERS.get(word);
        return own == null ? "" : "; here it is: knit " + own;
    }

    /** Who reads enums, reads them in any case. */
    public static CommandLine lenient(CommandLine line) {
        return line.setCaseInsensitiveEnumValuesAllowed(true);
    }
}
