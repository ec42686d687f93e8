package io.knit.plugin.nats.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubjectTrieTest {
    private static final List<String> TOKENS = List.of("a", "b", "c", "*", ">");

    private final SubjectTrie trie = new SubjectTrie();

    // the trie never looks at the owner
    @SuppressWarnings("NullAway")
    private static Subscription subscription(String subject, String queue, int sid) {
        return new Subscription(null, subject, queue.isEmpty() ? null : queue, Integer.toString(sid));
    }

    @ParameterizedTest
    @CsvSource({
        "a, a, true",
        "a, b, false",
        "a.b, a.b, true",
        "a.b, a, false",
        "a, a.b, false",
        "*, a, true",
        "*, a.b, false",
        "*.b, a.b, true",
        "a.*.c, a.x.c, true",
        "a.*, a, false",
        ">, a, true",
        ">, a.b.c, true",
        "a.>, a.b.c, true",
        "a.>, a, false",
        "*.>, a, false",
        "*.>, a.b, true",
        ">, a..b, false",
        ">, .a, false",
        ">, a., false"
    })
    void matches(String pattern, String subject, boolean expected) {
        trie.add(subscription(pattern, "", 1));
        assertThat(trie.match(subject).plain).hasSize(expected ? 1 : 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "a.", ".a", "a..b", ">.a", "a.>.b"})
    void refusedPatterns(String pattern) {
        assertThat(SubjectRules.isPattern(pattern)).isFalse();
    }

    @Test
    @DisplayName("agrees with comparing token by token, through a thousand seeded changes, and is empty in the end")
    void agreesWithPlainComparison() {
        Random random = new Random(42);
        List<Subscription> present = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            if (random.nextInt(3) > 0 || present.isEmpty()) {
                Subscription made = subscription(pattern(random), random.nextBoolean() ? "" : "q", i);
                trie.add(made);
                present.add(made);
            } else {
                trie.remove(present.remove(random.nextInt(present.size())));
            }
            String subject = literal(random);
            Matches found = trie.match(subject);
            List<Subscription> all = new ArrayList<>(List.of(found.plain));
            for (Subscription[] group : found.groups) {
                all.addAll(List.of(group));
            }
            assertThat(all)
                    .as("step %d: %s", i, subject)
                    .containsExactlyInAnyOrderElementsOf(present.stream()
                            .filter(each -> PlainMatch.matches(each.subject, subject))
                            .toList());
        }
        present.forEach(trie::remove);
        assertThat(trie.size()).isZero();
    }

    private static String pattern(Random random) {
        while (true) {
            String made = words(random, TOKENS.size());
            if (SubjectRules.isPattern(made)) {
                return made;
            }
        }
    }

    private static String literal(Random random) {
        return words(random, 3);
    }

    private static String words(Random random, int kinds) {
        return String.join(
                ".",
                IntStream.rangeClosed(0, random.nextInt(4))
                        .mapToObj(i -> TOKENS.get(random.nextInt(kinds)))
                        .toList());
    }
}
