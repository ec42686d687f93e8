package io.knit.plugin.nats.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.plugin.nats.broker.client.Connection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class MatchCacheTest {
    private final SubjectTrie trie = new SubjectTrie();
    private final MatchCache cache = new MatchCache(trie);

    @Test
    @DisplayName("a subscription that comes or goes makes few others searched for again")
    void keepsWhatAChangeDoesNotConcern() {
        List<String> subjects = subjects("orders.", 200);
        subjects.forEach(each -> trie.add(subscription(each)));
        subjects.forEach(this::twice);
        long before = searches();
        for (int i = 0; i < 1000; i++) {
            Subscription other =
                    subscription(i % 3 == 0 ? "churn.x" + i : i % 3 == 1 ? "churn.x.*" : "_INBOX.n" + i + ".>");
            trie.add(other);
            match(subjects.get(i % 200));
            trie.remove(other);
        }
        assertThat(searches() - before).as("searches of a thousand messages").isLessThan(200);
    }

    @Test
    @DisplayName("many more subjects than the first size are found without a search")
    void growsWithTheSubjects() {
        List<String> subjects = subjects("sensor.", 8_000);
        trie.add(subscription("sensor.*"));
        for (int round = 0; round < 10; round++) {
            subjects.forEach(this::match);
        }
        long before = searches();
        subjects.forEach(this::match);
        assertThat(searches() - before)
                .as("searches of eight thousand subjects")
                .isLessThan(800);
    }

    @Test
    @DisplayName("subjects that come once are not kept")
    void keepsNothingOfInboxes() {
        trie.add(subscription("_INBOX.>"));
        subjects("_INBOX.abc.", 10_000).forEach(this::match);
        assertThat(kept()).isLessThan(20);
    }

    @Test
    @DisplayName("however many subjects with however many subscribers: memory is bounded")
    void isBounded() {
        for (int i = 0; i < 2000; i++) {
            trie.add(new Subscription(nobody(), "wide.>", null, Integer.toString(i)));
        }
        subjects("wide.", 3000).forEach(this::twice);
        long[] held = {0};
        cache.fanouts(fanout -> held[0] += fanout);
        assertThat(held[0]).as("subscribers in all lists").isLessThan(8 * 1024 * 1024 / 4);
    }

    @Test
    @DisplayName("what nobody uses any more is let go")
    void letsGo() {
        List<String> subjects = subjects("gone.", 500);
        List<Subscription> subscriptions =
                subjects.stream().map(MatchCacheTest::subscription).toList();
        subscriptions.forEach(trie::add);
        subjects.forEach(this::twice);
        subscriptions.forEach(trie::remove);
        subjects("other.", 5000).forEach(this::match);
        AtomicInteger reached = new AtomicInteger();
        cache.fanouts(reached::addAndGet);
        assertThat(reached).hasValue(0);
    }

    @RepeatedTest(20)
    @DisplayName("answers as comparing token by token does, whatever comes and goes")
    void answersRightly(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        List<Subscription> present = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            String subject = anySubject(random);
            if (i % 7 == 0 && SubjectRules.isPattern(subject)) {
                Subscription made = subscription(subject);
                trie.add(made);
                present.add(made);
            } else if (i % 7 == 1 && present.size() > 20) {
                trie.remove(present.remove(random.nextInt(present.size())));
            } else {
                Set<Subscription> expected = new HashSet<>();
                present.stream()
                        .filter(each -> PlainMatch.matches(each.subject, subject))
                        .forEach(expected::add);
                assertThat(Set.of(match(subject).plain)).as(subject).isEqualTo(expected);
            }
        }
    }

    @Test
    @DisplayName("what was subscribed before is found, whoever else comes and goes on other threads meanwhile")
    void missesNoChange() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        CountDownLatch started = new CountDownLatch(1);
        Thread other = new Thread(() -> {
            for (int i = 0; !over.get(); i++) {
                Subscription churn = subscription(i % 2 == 0 ? "a.*" : "a.b");
                trie.add(churn);
                trie.remove(churn);
                started.countDown();
            }
        });
        other.start();
        started.await();
        try {
            for (int i = 0; i < 100_000; i++) {
                Subscription own = subscription(i % 3 == 0 ? "a.b" : i % 3 == 1 ? "*.b" : "a.>");
                trie.add(own);
                assertThat(List.of(match("a.b").plain)).contains(own);
                trie.remove(own);
                assertThat(List.of(match("a.b").plain)).doesNotContain(own);
            }
        } finally {
            over.set(true);
            other.join();
        }
    }

    private static String anySubject(Random random) {
        StringBuilder subject = new StringBuilder();
        int length = 1 + random.nextInt(7);
        for (int i = 0; i < length; i++) {
            subject.append("ab..*>".charAt(random.nextInt(6)));
        }
        return subject.toString();
    }

    private static List<String> subjects(String prefix, int count) {
        List<String> subjects = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            subjects.add(prefix + i);
        }
        return subjects;
    }

    private long searches() {
        return trie.counts().lookups();
    }

    private int kept() {
        AtomicInteger kept = new AtomicInteger();
        cache.fanouts(fanout -> kept.incrementAndGet());
        return kept.get();
    }

    private void twice(String subject) {
        match(subject);
        match(subject);
    }

    private Matches match(String subject) {
        byte[] bytes = ("[" + subject + "]").getBytes(StandardCharsets.ISO_8859_1);
        return cache.match(bytes, 1, bytes.length - 1);
    }

    private static Subscription subscription(String subject) {
        return new Subscription(nobody(), subject, null, "1");
    }

    @SuppressWarnings("NullAway") // neither trie nor cache looks at the owner
    private static Connection nobody() {
        return null;
    }
}
