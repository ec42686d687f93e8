package io.knit.launcher.remote;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.client.ChangeAnswer;
import io.knit.client.ChangeTerms;
import io.knit.client.KnitClient;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.show.Listings;
import io.knit.launcher.remote.show.Printer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Changing what is there. */
final class Changing {
    private Changing() {}

    /** A change of one deployment. */
    abstract static class OfOne extends ChangeCommand {
        @Parameters(paramLabel = "NAME", index = "0", description = "The deployment.")
        private String name = "";

        private final String done;

        OfOne(String done) {
            this.done = done;
        }

        @Override
        protected final int change(KnitClient knit, ChangeTerms terms, Printer printer, Console console) {
            return print(send(knit, name, terms, console, () -> send(knit, name, terms)), name, done, printer, console);
        }

        abstract ChangeAnswer send(KnitClient knit, String name, ChangeTerms terms);
    }

    @Command(name = "scale", description = "Has so many instances of a deployment run.")
    static final class Scale extends OfOne {
        @Parameters(paramLabel = "REPLICAS", index = "1", description = "How many, 0 to 1000.")
        private int replicas;

        Scale() {
            super("scaled");
        }

        @Override
        ChangeAnswer send(KnitClient knit, String name, ChangeTerms terms) {
            return knit.scale(name, replicas, terms);
        }
    }

    @Command(name = "restart", description = "Makes every instance anew, as an update would.")
    static final class Restart extends OfOne {
        @Option(names = "--pull", description = "Ask the registry what the image's tag means now.")
        private boolean pull;

        Restart() {
            super("restarts");
        }

        @Override
        ChangeAnswer send(KnitClient knit, String name, ChangeTerms terms) {
            return knit.restart(name, pull, terms);
        }
    }

    @Command(name = "rollback", description = "Goes back to an earlier revision, by a new one.")
    static final class Rollback extends OfOne {
        @Parameters(
                paramLabel = "REVISION",
                index = "1",
                arity = "0..1",
                description =
                        "Which; knit history shows them. Default: the newest other one that was healthy in every slot. The number of instances stays.")
        private @Nullable Long revision;

        Rollback() {
            super("rolled back");
        }

        @Override
        ChangeAnswer send(KnitClient knit, String name, ChangeTerms terms) {
            return knit.rollback(name, revision, terms);
        }

        /** To which. */
        @Override
        protected String remark(JsonNode deployment) {
            JsonNode rollout = deployment.path("rollout");
            boolean begun =
                    rollout.path("from").asInt() == deployment.path("revision").asInt() - 1;
            return begun ? Listings.text(rollout, "reason") : "";
        }
    }

    /** A word that needs nothing but the deployment's name. */
    static final class Word extends OfOne {
        private final String word;
        private final String description;
        private final Sending sending;

        private Word(String word, String description, String done, Sending sending) {
            super(done);
            this.word = word;
            this.description = description;
            this.sending = sending;
        }

        /** Sends it. */
        @FunctionalInterface
        private interface Sending {
            ChangeAnswer send(KnitClient knit, String name, ChangeTerms terms);
        }

        static Word pause() {
            return new Word(
                    "pause",
                    "Leaves what runs by an older revision as it is, until resume.",
                    "paused",
                    KnitClient::pause);
        }

        static Word resume() {
            return new Word(
                    "resume", "Goes on with what a pause, or a failure, held up.", "goes on", KnitClient::resume);
        }

        static Word promote() {
            return new Word("promote", "Lets the others follow the canaries.", "promoted", KnitClient::promote);
        }

        @Override
        protected void describe(CommandSpec spec) {
            spec.name(word).usageMessage().description(description);
        }

        @Override
        ChangeAnswer send(KnitClient knit, String name, ChangeTerms terms) {
            return sending.send(knit, name, terms);
        }
    }
}
