package io.knit.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class OtherWordsTest {
    @Test
    @DisplayName("every answer names commands and options that there are, and no word that is Knit's own")
    void eachIsThere() {
        CommandLine knit = KnitCommandTest.commandLine();
        OtherWords.all().forEach((word, own) -> {
            assertThat(knit.getSubcommands()).doesNotContainKey(word);
            String[] behind = word.split("/", 2);
            if (behind.length == 2) {
                CommandLine group = knit.getSubcommands().get(behind[0]);
                assertThat(Objects.requireNonNull(group, word).getSubcommands()).doesNotContainKey(behind[1]);
            }
            for (String said : own.split(", or knit |, knit | or knit ", -1)) {
                List<String> words = new ArrayList<>(List.of(said.split("[ ,]", -1)));
                CommandLine command = knit;
                while (!words.isEmpty() && command.getSubcommands().containsKey(words.get(0))) {
                    command = Objects.requireNonNull(command.getSubcommands().get(words.remove(0)));
                }
                assertThat(command.getSubcommands())
                        .as("knit " + said)
                        .isEqualTo(command == knit ? knit.getSubcommands() : Map.of());
                for (String option : words) {
                    if (option.startsWith("-")) {
                        assertThat(command.getCommandSpec().optionsMap())
                                .as("knit " + said)
                                .containsKey(option);
                    }
                }
            }
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "statuss                   | did you mean status?",
                "node drian n1             | did you mean drain?",
                "context lst               | did you mean list?",
                "token crate               | did you mean create?",
                "server strat              | did you mean start?",
                "status --wach             | did you mean --watch?",
                "deploy x --prunne         | did you mean --prune?",
                "node drain n1 --dedline 1m | did you mean --deadline?",
                "context add a b --tokenfile x | did you mean --token-file?",
                "dev --http-adr x          | did you mean --http-addr?",
                "nodes drain n1            | did you mean knit node drain?",
                "status -o tabel           | tabel is none of table, wide, json, yaml and name; did you mean table?",
                "--verison                 | did you mean --version?",
                "node join h1              | did you mean knit join?",
                "agent join h1             | did you mean knit join?",
                "swarm join                | here it is: knit nodes, or knit join HOST",
                "kubeadm join h1           | here it is: knit join HOST",
                "join h1 --labl a=b        | did you mean --label?",
                "kill web                  | here it is: knit undeploy NAME",
                "version                   | here it is: knit --version",
                "login ghcr.io -u ci       | here it is: knit registry set HOST --username NAME",
                "logout ghcr.io            | here it is: knit registry rm HOST",
                "acl token create          | here it is: knit token create",
                "load -i shop.tar          | here it is: knit image push IMAGE FILE",
                "push shop:3               | here it is: knit image push IMAGE FILE",
                "images                    | here it is: knit image ls",
                "rmi shop:3                | here it is: knit image prune",
                "system prune -f           | here it is: knit image prune, or knit doctor --local",
                "df -h                     | here it is: knit image prune, or knit doctor --local",
                "pull nginx:alpine         | here it is: knit deploy FILE, which has nodes pull its image",
                "build -t shop:3 .         | knit image push IMAGE FILE",
                "top                       | here it is: knit stats",
                "pvc                       | here it is: knit volume ls",
                "export web                | here it is: knit cp",
                "configmap                 | here it is: knit file set NAME FILE, or knit var set NAME TEXT",
                "network create n          | here it is: knit deploy FILE, with networks in it",
                "port-forward web 8080:80  | here it is: knit status NAME, which shows its ports",
                "compose up -d             | here it is: knit deploy COMPOSE.YAML",
                "unpause web               | here it is: knit resume NAME",
                "save shop:3               | here it is: knit image push IMAGE FILE",
                "debug web                 | here it is: knit exec NAME COMMAND",
                "rename web shop           | here it is: knit deploy FILE, with its new name in it",
                "search nginx              | here it is: knit image ls",
                "tail -f web               | here it is: knit logs NAME -f",
                "reload web                | here it is: knit restart NAME",
                "autocomplete bash         | here it is: knit completion SHELL",
                "snapshot save x           | here it is: knit backup FILE",
                "help deploy               | here it is: knit --help",
                "node ls                   | here it is: knit nodes",
                "node eligibility n1       | here it is: knit node pause NODE, or knit node activate NODE",
                "image rm shop:3           | here it is: knit image prune",
                "volume create data        | here it is: knit deploy FILE, with volumes in it",
                "secret create db          | here it is: knit secret set NAME",
                "context create home       | here it is: knit context add NAME URL",
                "token delete ci           | here it is: knit token revoke NAME"
            })
    void theNearWordIsSaid(String words, String told) {
        Typed typed =
                Typed.knit(Map.of("KNIT_SERVER", "127.0.0.1:1"), words.trim().split(" "));
        assertThat(typed.err()).contains(told);
        assertThat(typed.err().lines().count()).isEqualTo(2);
        assertThat(typed.exitCode()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tag/x",
                "volume zz",
                "token zz",
                "ps -a",
                "run -p 80:80 nginx",
                "run -v /a:/b nginx",
                "exec -u root web sh"
            })
    @DisplayName("a word of which nothing would be left is near to none")
    void shortWordsAreNotGuessed(String words) {
        assertThat(Typed.knit(Map.of("KNIT_SERVER", "127.0.0.1:1"), words.split(" "))
                        .err())
                .doesNotContain("did you mean");
    }
}
