package io.knit.plugin.nats.broker.routing;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Whatever comes and goes, the trie and the cache before it answer as comparing token by token does. */
class SubjectTrieFuzzTest {
    private final SubjectTrie trie = new SubjectTrie();
    private final MatchCache cache = new MatchCache(trie);
    private final List<Subscription> present = new ArrayList<>();

    @FuzzTest(maxDuration = "10m")
    void anySubjects(FuzzedDataProvider data) {
        while (data.remainingBytes() > 0) {
            switch (data.consumeInt(0, 3)) {
                case 0 -> subscribe(subject(data), data.consumeBoolean() ? "q" : "");
                case 1 -> unsubscribe(data);
                default -> match(subject(data));
            }
        }
        present.forEach(trie::remove);
        expect(trie.size() == 0 && trie.match("a").plain.length == 0, "something is left");
        present.clear();
    }

    // few letters, so that subjects meet
    private static String subject(FuzzedDataProvider data) {
        String raw = data.consumeAsciiString(12);
        StringBuilder subject = new StringBuilder();
        for (char letter : raw.toCharArray()) {
            subject.append("ab.*>.".charAt(letter % 6));
        }
        return subject.toString();
    }

    // the trie never looks at the owner
    @SuppressWarnings("NullAway")
    private void subscribe(String subject, String queue) {
        if (SubjectRules.isPattern(subject)) {
            Subscription made =
                    new Subscription(null, subject, queue.isEmpty() ? null : queue, Integer.toString(present.size()));
            trie.add(made);
            present.add(made);
        }
    }

    private void unsubscribe(FuzzedDataProvider data) {
        if (!present.isEmpty()) {
            trie.remove(present.remove(data.consumeInt(0, present.size() - 1)));
        }
    }

    private void match(String subject) {
        if (subject.isEmpty()) {
            return; // the protocol has no way to say it
        }
        byte[] bytes = ("[" + subject + "]").getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        Matches found = cache.match(bytes, 1, bytes.length - 1);
        Set<Subscription> all = new HashSet<>(List.of(found.plain));
        int count = found.plain.length;
        for (Subscription[] group : found.groups) {
            all.addAll(List.of(group));
            count += group.length;
        }
        Set<Subscription> expected = new HashSet<>();
        for (Subscription each : present) {
            if (PlainMatch.matches(each.subject, subject)) {
                expected.add(each);
            }
        }
        expect(count == all.size() && all.equals(expected), "wrong matches of " + subject);
    }

    private static void expect(boolean right, String otherwise) {
        if (!right) {
            throw new AssertionError(otherwise);
        }
    }
}
