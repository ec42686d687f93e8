package io.knit.plugin.docker.container;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Frame;
import io.knit.plugin.docker.engine.Asides;
import io.knit.plugin.docker.engine.Cpu;
import io.knit.plugin.docker.engine.EngineErrors;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How a container ended, in words for the one who wrote its spec. Where the exit code alone misleads, the engine is asked for more: its
 * init gives 127 also for a program that is there and for another CPU, and says on the container's stderr what went wrong. Thread-safe.
 */
public final class EndWords {
    private static final String INIT = "[FATAL tini (";
    private static final int LINES = 5;
    private static final int MOST_REMEMBERED = 256;
    private static final int SERVER_ERROR = 500;
    private static final int NOT_RUNNABLE = 126;
    private static final int NOT_FOUND = 127;

    private final Supplier<String> engineCpu;
    private final Map<String, String> cpuOfImages = remembering();
    private final Map<String, String> saidByInit = remembering();

    /** @param engineCpu what the engine calls its host's CPU ({@code x86_64}), empty if unknown */
    public EndWords(Supplier<String> engineCpu) {
        this.engineCpu = engineCpu;
    }

    String of(Asides.Round more, Container container, int code, boolean outOfMemory) {
        List<String> remarks = new ArrayList<>();
        if (code > 0 && code <= NOT_FOUND && !outOfMemory) {
            String cpu = cpu();
            String image = cpuOfImage(more, container);
            boolean foreign = Cpu.isForeign(image, cpu);
            String init = code == NOT_FOUND || code == NOT_RUNNABLE ? saidByInit(more, container.getId()) : "";
            if (!init.isEmpty()) {
                remarks.add(init);
            }
            if (foreign) {
                remarks.add("its image is for " + image + ", and this node's CPU is " + cpu);
            } else if (code == NOT_FOUND && !init.isEmpty()) {
                remarks.add(
                        "there is no such program, or not one for this node's CPU" + (cpu.isEmpty() ? "" : ", " + cpu));
            }
        }
        return ExitWords.of(code, outOfMemory, remarks);
    }

    private String cpu() {
        return Cpu.imagesName(engineCpu.get());
    }

    private String cpuOfImage(Asides.Round more, Container container) {
        String image = container.getImageId();
        if (image == null) {
            return "";
        }
        return ofImage(cpuOfImages, image, more, client -> {
            String cpu = client.inspectImageCmd(image).exec().getArch();
            return cpu == null ? "" : cpu;
        });
    }

    private String saidByInit(Asides.Round more, String container) {
        return remembered(saidByInit, container, more, client -> {
            StringBuilder said = new StringBuilder();
            ResultCallback.Adapter<Frame> lines = new ResultCallback.Adapter<>() {
                @Override
                public void onNext(Frame frame) {
                    said.append(new String(frame.getPayload(), StandardCharsets.UTF_8));
                }
            };
            boolean whole = client.logContainerCmd(container)
                    .withStdErr(true)
                    .withTail(LINES)
                    .exec(lines)
                    .awaitCompletion(2, TimeUnit.SECONDS);
            if (!whole) {
                throw new IllegalStateException("its log did not end");
            }
            return init(said.toString());
        });
    }

    /** What the engine's init said last, without its own name; empty if it said nothing. */
    static String init(String log) {
        int start = log.lastIndexOf(INIT);
        if (start < 0) {
            return "";
        }
        String line = log.substring(start).lines().findFirst().orElse("");
        return EngineErrors.oneLine(line.substring(line.indexOf(']') + 1));
    }

    /** An engine that can't tell (another log driver, an image that is gone) leaves the words poorer, no more. */
    static String remembered(
            Map<String, String> known, String key, Asides.Round more, Asides.Question<String> question) {
        String answer = known.get(key);
        if (answer != null) {
            return answer;
        }
        return kept(known, key, more.ask(key, question, ""));
    }

    /** The same of an image: an engine that fails at one moment knows it at another, and what it can't tell then is not remembered. */
    static String ofImage(
            Map<String, String> known, String image, Asides.Round more, Asides.Question<String> question) {
        String answer = known.get(image);
        return answer != null
                ? answer
                : kept(known, image, more.ask(image, question, "", why -> why.getHttpStatus() < SERVER_ERROR));
    }

    private static String kept(Map<String, String> known, String key, @Nullable String told) {
        if (told == null) {
            return "";
        }
        known.put(key, told);
        return told;
    }

    static Map<String, String> remembering() {
        return Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
                return size() > MOST_REMEMBERED;
            }
        });
    }
}
