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
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The lines of one instance or of several, on their way to one reader. What was not taken by him is not taken from the agents. On the loop. */
final class LogReading implements Inside.Reading {
    /** About so much goes to the reader at once. */
    private static final int BATCH = 32 * 1024;

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

        private final LogText text = new LogText();
        private Instant last = Instant.MIN;

        @Nullable
        StreamEnd end;

        private Source(String instance, int number) {
            this.instance = instance;
            this.number = number;
        }

        @Override
        public void begun() {
            found = true;
            begin();
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
            failures++;
            boolean lacks = mayLack && why.code() == ErrorCode.NOT_FOUND;
            // that it has nothing is said only where that is so of all
            if (firstFailure == null || saysLess(firstFailure) && !lacks) {
                firstFailure = why;
            }
            if (!lacks && !(mayLack && searching)) {
                InstanceLine note = InstanceLine.note(instance, String.valueOf(why.getMessage()));
                untold.add(new Note(last, new Given(this, note, 0)));
            }
            sources.remove(this);
            merge.over(number);
            pump();
        }
    }
}
