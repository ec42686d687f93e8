package io.knit.core.server.inside;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.LogLine;
import io.knit.core.wire.asked.LogText;
import io.knit.core.wire.stream.StreamEnd;
import io.knit.core.wire.stream.StreamListener;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The lines of one instance or of several, on their way to one reader. What was not taken by him is not taken from the agents. On the loop. */
final class LogReading implements Inside.Reading {
    /** About so much goes to the reader at once. */
    private static final int BATCH = 32 * 1024;
    /** What stood for so long without a line did so all the same. */
    private static final Duration STEADY = Duration.ofSeconds(30);

    /** What passes by itself: the node is there again, and whoever follows goes on. */
    private static final Set<ErrorCode> PASSING = EnumSet.of(
            ErrorCode.TRANSPORT_UNAVAILABLE, ErrorCode.CLOSED, ErrorCode.BUSY, ErrorCode.RUNTIME_UNAVAILABLE);

    private final Loop loop;
    private final LineListener reader;
    private final LogMerge<Given> merge;
    private final List<Source> sources = new ArrayList<>();

    private boolean begun;
    private boolean giving;
    private boolean complete;
    private boolean over;
    /** Whether another source may come when all are over. */
    private boolean more;

    private int added;
    private Loop.@Nullable Timer timer;

    @Nullable
    private KnitException firstFailure;

    private int failures;

    /** Why there is nothing, where every source says that it has nothing; null: as the first one says. */
    @Nullable
    private KnitException missing;
    /** Whether one of the first sources has it, and it is not known which. */
    private boolean searching;
    /** Whether a source has what was asked of it. */
    private boolean found;
    /** Of those that failed; told once it is known that not all did. */
    private final List<Note> untold = new ArrayList<>();

    private record Note(Instant at, Given given) {}

    private record Given(Source source, InstanceLine line, int bytes) {}

    LogReading(Loop loop, boolean follow, LineListener reader) {
        this.loop = loop;
        this.reader = reader;
        this.merge = new LogMerge<>(!follow);
    }

    /** Where the lines of one more instance come from; whoever reads them must give {@link Source#end}. */
    Source add(String instance) {
        Source source = new Source(instance, merge.open(loop.elapsed()));
        sources.add(source);
        added++;
        return source;
    }

    /** The same of one whose way broke: it goes on behind the last line of that. */
    Source again(Source before) {
        Source source = new Source(before, merge.open(loop.elapsed()));
        sources.add(source);
        return source;
    }

    /** There may be more sources after {@link #complete()}, until {@link #noMore()}: the reader begins now. */
    void expectMore() {
        more = true;
        begin();
    }

    void noMore() {
        more = false;
        pump();
    }

    boolean isOver() {
        return over;
    }

    /** How many sources may give more. */
    int open() {
        return merge.open();
    }

    private void begin() {
        if (!begun && !over) {
            begun = true;
            reader.begun();
        }
    }

    /** It is not known which source has it: those that have not are not told of. */
    void searches(KnitException whenNowhere) {
        missing = whenNowhere;
        searching = true;
    }

    /** The sources until {@link #complete()} are of what is over: of whom nothing is kept nothing is told. */
    void readsWhatIsOver(KnitException whenNothingIsKept) {
        missing = whenNothingIsKept;
    }

    /** There will be no more sources, unless {@link #expectMore()} said so. */
    void complete() {
        complete = true;
        pump();
    }

    @Override
    public void cancel() {
        loop.execute(() -> {
            if (!over) {
                stop();
            }
        });
    }

    private void stop() {
        over = true;
        if (timer != null) {
            timer.cancel();
        }
        KnitException why = new KnitException(ErrorCode.CLOSED, "nobody reads on");
        for (Source source : sources) {
            StreamEnd end = source.end;
            if (end != null) {
                end.fail(why);
            }
        }
    }

    private void pump() {
        if (over || giving || !complete) {
            return;
        }
        tell();
        List<Given> batch = new ArrayList<>();
        int bytes = 0;
        while (bytes < BATCH) {
            Optional<Given> next = merge.next(loop.elapsed());
            if (next.isEmpty()) {
                break;
            }
            batch.add(next.get());
            bytes += next.get().bytes();
        }
        if (!batch.isEmpty()) {
            give(batch);
        } else if (merge.isOver() && !more) {
            finish();
        } else {
            lookAgain();
        }
    }

    /** Of one alone, and where all failed, that is said at the end. */
    private void tell() {
        if (more || found && added > 1) {
            for (Note note : untold) {
                int number = merge.open(loop.elapsed());
                merge.give(number, note.at(), note.given());
                merge.over(number);
            }
            untold.clear();
        }
    }

    private void give(List<Given> batch) {
        giving = true;
        loop.bring(reader.lines(batch.stream().map(Given::line).toList())).onComplete(taken -> {
            giving = false;
            for (Given given : batch) {
                StreamEnd end = given.source().end;
                if (end != null) {
                    end.read(given.bytes());
                }
            }
            pump();
        });
    }

    private void lookAgain() {
        Duration wait = merge.again(loop.elapsed());
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        if (wait != null) {
            timer = loop.after(wait, this::pump);
        }
    }

    private void finish() {
        over = true;
        if (firstFailure != null && failures == added) {
            reader.failed(missing != null && saysLess(firstFailure) ? missing : firstFailure);
        } else {
            reader.ended();
        }
    }

    private boolean saysLess(KnitException failure) {
        return missing != null && failure.code() == ErrorCode.NOT_FOUND;
    }

    /** One instance. */
    final class Source implements StreamListener {
        private final String instance;
        private final int number;
        /** Whether that it has nothing may be. */
        private final boolean mayLack = missing != null && !complete;

        /** Whether who added it asks again where the way to it breaks. */
        private final boolean followed = more;

        private final LogText text = new LogText();
        private Instant last = Instant.MIN;
        /** Since when the way to it is broken, where it is asked again; and why. */
        private @Nullable Duration brokeAt;

        private @Nullable KnitException broke;
        private boolean told;
        /** Since when it is heard; null: it was not yet. */
        private @Nullable Duration begunAt;

        @Nullable
        StreamEnd end;

        private Source(String instance, int number) {
            this.instance = instance;
            this.number = number;
        }

        private Source(Source before, int number) {
            this(before.instance, number);
            this.last = before.last;
            this.brokeAt = before.brokeAt;
            this.told = before.told;
        }

        @Override
        public void begun() {
            found = true;
            begunAt = loop.elapsed();
            begin();
        }

        /** Whether it gives no more, and may when it is asked again. */
        boolean isBroken() {
            return broke != null;
        }

        /** Of whom the newest line is; null: there was none. */
        @Nullable
        Instant last() {
            return last.equals(Instant.MIN) ? null : last;
        }

        /** Says that it is broken, if it is for so long; once. */
        void tellAfter(Duration patience) {
            Duration since = brokeAt;
            KnitException why = broke;
            if (why != null
                    && since != null
                    && !told
                    && loop.elapsed().minus(since).compareTo(patience) >= 0) {
                told = true;
                note(why);
                pump();
            }
        }

        /** It is not asked again. */
        void giveUp() {
            KnitException why = broke;
            if (why != null) {
                tellAfter(Duration.ZERO);
                failures++;
                firstFailure = firstFailure == null ? why : firstFailure;
            }
        }

        @Override
        public void data(int channel, byte[] bytes) {
            found = true;
            try {
                text.read(bytes, this::line, this::gap);
            } catch (KnitException e) {
                if (end != null) {
                    end.fail(e);
                }
                failed(e);
                return;
            }
            pump();
        }

        private void line(LogLine line, int size) {
            // where clocks went back: an instance's own order stands
            last = line.at().isAfter(last) ? line.at() : last;
            isHeard();
            merge.give(number, last, new Given(this, InstanceLine.of(instance, line), size));
        }

        private void gap(Instant after, Instant before, int size) {
            merge.give(number, last, new Given(this, InstanceLine.gap(instance, after, before), size));
        }

        @Override
        public void ended(byte[] lastWord) {
            found = true;
            sources.remove(this);
            merge.over(number);
            pump();
        }

        @Override
        public void failed(KnitException why) {
            // once no more may come nobody asks again
            if (followed && more && PASSING.contains(why.code())) {
                breaks(why);
                return;
            }
            failures++;
            boolean lacks = mayLack && why.code() == ErrorCode.NOT_FOUND;
            // that it has nothing is said only where that is so of all
            if (firstFailure == null || saysLess(firstFailure) && !lacks) {
                firstFailure = why;
            }
            if (!lacks && !(mayLack && searching)) {
                note(why);
            }
            sources.remove(this);
            merge.over(number);
            pump();
        }

        /** It was there again, which an answer alone does not say: an engine may fail behind it. */
        private void isHeard() {
            brokeAt = null;
            told = false;
        }

        private void breaks(KnitException why) {
            Duration heardSince = begunAt;
            if (heardSince != null && loop.elapsed().minus(heardSince).compareTo(STEADY) >= 0) {
                isHeard();
            }
            // of what was never heard that is said at once
            boolean isFirst = brokeAt == null && begunAt == null && last() == null;
            broke = why;
            brokeAt = brokeAt == null ? loop.elapsed() : brokeAt;
            sources.remove(this);
            merge.over(number);
            if (isFirst) {
                tellAfter(Duration.ZERO);
            }
            pump();
        }

        private void note(KnitException why) {
            InstanceLine note = InstanceLine.note(instance, String.valueOf(why.getMessage()));
            untold.add(new Note(last, new Given(this, note, 0)));
        }
    }
}
