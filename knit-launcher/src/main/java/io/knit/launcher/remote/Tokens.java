package io.knit.launcher.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.client.KnitClient;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.show.Listings;
import io.knit.launcher.remote.show.Printer;
import io.knit.launcher.remote.show.TextTable;
import io.knit.launcher.remote.show.TokenLines;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code knit token …}: who may what. */
final class Tokens {
    private Tokens() {}

    @Command(
            name = "create",
            description = {
                "Make a token, and print it: this once, it is kept nowhere.",
                "Who has it shows it by KNIT_TOKEN or --token-file."
            })
    static final class Create extends Remote {
        @Parameters(
                paramLabel = "NAME",
                arity = "0..1",
                defaultValue = "",
                description = "What its holder is called in the history. Default: made up.")
        private String name = "";

        @Option(
                names = "--role",
                paramLabel = "ROLE",
                required = true,
                description = "admin (everything), deployer (changes deployments) or viewer (sees).")
        private String role = "";

        @Option(
                names = "--deployments",
                paramLabel = "PATTERN",
                split = ",",
                description = "For these deployments only, such as 'web-*'; several with commas. Default: all.")
        private List<String> deployments = List.of();

        @Option(
                names = "--ttl",
                paramLabel = "TIME",
                description = "How long it lives, such as 30d or 12h. Default: until it is revoked.")
        private String ttl = "";

        @Override
        protected int ask(KnitClient knit, Printer printer, Console console) {
            ObjectNode wish = JsonNodeFactory.instance.objectNode().put("role", role);
            if (!name.isEmpty()) {
                wish.put("name", name);
            }
            if (!deployments.isEmpty()) {
                deployments.forEach(wish.putArray("deployments")::add);
            }
            if (!ttl.isEmpty()) {
                wish.put("ttl", ttl);
            }
            JsonNode made = knit.createToken(wish);
            // alone, so that it can be written into a file or a variable
            printer.print(
                    made,
                    token -> List.of(Listings.text(token, "name")),
                    token -> List.of(Listings.text(token, "token")));
            return Exit.OK;
        }
    }

    @Command(
            name = "list",
            aliases = "ls",
            description =
                    "All tokens, and what each may; not the tokens themselves, which nobody has but their holders.")
    static final class Show extends Remote {
        @Override
        protected int ask(KnitClient knit, Printer printer, Console console) {
            printer.print(
                    knit.tokens(),
                    tokens -> Listings.names(tokens.path("tokens"), "name"),
                    tokens -> TokenLines.of(tokens.path("tokens")));
            return Exit.OK;
        }
    }

    @Command(
            name = "revoke",
            aliases = "rm",
            description = "Make a token worthless, at once; what its holder has deployed stays.")
    static final class Revoke extends Remote {
        @Parameters(paramLabel = "NAME", description = "The token's name, as knit token list shows it.")
        private String name = "";

        @Override
        protected int ask(KnitClient knit, Printer printer, Console console) {
            printer.print(
                    knit.revokeToken(name),
                    token -> List.of(name),
                    token -> List.of(TextTable.shown(name + " is worth nothing any more")));
            return Exit.OK;
        }
    }
}
