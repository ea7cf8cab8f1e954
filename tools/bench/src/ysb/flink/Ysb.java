import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * The Yahoo Streaming Benchmark on Flink, tuned by hand. As ours (../app.ts): the campaign of an ad comes from Redis and a cache holds it, views are counted by
 * campaign in windows of ten seconds, views and the two fields that are needed are found by a scan of the bytes, and what changed is written
 * over what stood every second, here without a version. State on the heap, checkpoints every ten seconds; a task that fails ends the run. Runs WARM in the same JVM first, then IN, compares Redis with IN/truth.json, and prints a line
 * of JSON. CPU counts from the first read to the last answer of the sink: neither Flink's start nor its end.
 */
public final class Ysb {
    static final long WINDOW_MS = 10_000, EVERY_MS = 1_000;
    /** After the first count of a second: the others of that second come at once. */
    static final long SEND_AFTER_MS = 50;
    static final int PARALLELISM = 2;
    static final LongAdder READ = new LongAdder();
    /** Of the keys of a run: what an earlier one has written proves nothing. */
    static volatile String prefix;
    /** User and system time of the process, s: at the first read, at half of the events, and when the sinks have ended. */
    static volatile double began_s, half_s, ended_s;
    static volatile long half, began_ns, ended_ns;

    public static void main(String[] none) throws Exception {
        run(env("WARM"), "warm", Long.MAX_VALUE);
        READ.reset();
        began_s = 0;
        System.gc();
        long expected = Long.parseLong(env("EVENTS"));
        run(env("IN"), "run", expected / 2);
        double cpu_s = ended_s - began_s;
        double wall_s = (ended_ns - began_ns) / 1e9;
        long events = READ.sum();
        int windows = 0, differences = 0;
        try (Redis redis = new Redis()) {
            Matcher cell = Pattern.compile("\"([^\"|]+)\\|(\\d+)\":(\\d+)").matcher(Files.readString(Path.of(env("IN"), "truth.json")));
            for (; cell.find(); windows++) {
                if (!cell.group(3).equals(redis.call("GET", prefix + cell.group(1) + "|" + cell.group(2)))) differences++;
            }
        }
        System.out.printf(java.util.Locale.ROOT,
            "{\"peer\":\"flink\",\"events\":%d,\"us_per_event\":%.3f,\"late_half_us\":%.3f,\"wall_s\":%.2f,\"rss_max_mb\":%d,\"windows\":%d,\"differences\":%d}%n",
            events, cpu_s / events * 1e6, (ended_s - half_s) / (events - half) * 1e6, wall_s, rss_mb(), windows, differences);
        System.exit(0);
    }

    static String env(String name) {
        String value = System.getenv(name);
        if (value == null || value.isEmpty()) throw new IllegalArgumentException(name + " is not set");
        return value;
    }

    static void run(String folder, String name, long half) throws Exception {
        prefix = "ysb-flink:" + ProcessHandle.current().pid() + ":" + name + ":";
        Ysb.half = half;
        Map<String, String> ads = new HashMap<>();
        Matcher pair = Pattern.compile("\"([^\"]+)\":\"([^\"]+)\"").matcher(Files.readString(Path.of(folder, "ads.json")));
        while (pair.find()) ads.put(pair.group(1), pair.group(2));
        try (Redis redis = new Redis()) {
            for (Map.Entry<String, String> ad : ads.entrySet()) redis.call("HSET", prefix + "ads", ad.getKey(), ad.getValue());
        }
        Configuration conf = new Configuration();
        Map.of(
            "pipeline.object-reuse", "true",
            "pipeline.generic-types", "false",
            "state.backend.type", "hashmap",
            "rest.port", "0",
            "taskmanager.numberOfTaskSlots", String.valueOf(PARALLELISM),
            "taskmanager.memory.managed.size", "64m",
            "execution.checkpointing.interval", "10 s",
            "execution.checkpointing.mode", "EXACTLY_ONCE",
            "execution.checkpointing.storage", "filesystem",
            "execution.checkpointing.dir", "file://" + env("RUN_DIR") + "/checkpoints").forEach(conf::setString);
        conf.setString("restart-strategy.type", "none");
        File[] parts = new File(folder).listFiles((directory, file) -> file.startsWith("part-"));
        Arrays.sort(parts);
        StreamExecutionEnvironment flink = StreamExecutionEnvironment.createLocalEnvironment(PARALLELISM, conf);
        flink.fromSource(new Views(Arrays.stream(parts).map(File::getPath).toArray(String[]::new)), WatermarkStrategy.noWatermarks(), "views",
                Types.TUPLE(Types.STRING, Types.LONG)).uid("views")
            .keyBy(view -> view.f0, Types.STRING)
            .process(new Counts(), Types.TUPLE(Types.STRING, Types.LONG, Types.LONG)).name("counts").uid("counts")
            .sinkTo(new Store());
        flink.execute("ysb");
    }

    /** Views by campaign and window. */
    static final class Counts extends KeyedProcessFunction<String, Tuple2<String, Long>, Tuple3<String, Long, Long>> {
        private transient MapState<Long, Long> counts;
        private transient Map<String, HashSet<Long>> changed;

        @Override public void open(OpenContext context) {
            counts = getRuntimeContext().getMapState(new MapStateDescriptor<>("counts", Types.LONG, Types.LONG));
            changed = new HashMap<>();
        }

        @Override public void processElement(Tuple2<String, Long> view, Context context, Collector<Tuple3<String, Long, Long>> to) throws Exception {
            Long held = counts.get(view.f1);
            counts.put(view.f1, held == null ? 1L : held + 1L);
            HashSet<Long> windows = changed.get(view.f0);
            if (windows == null) {
                changed.put(view.f0, windows = new HashSet<>());
                long now = context.timerService().currentProcessingTime();
                context.timerService().registerProcessingTimeTimer(now - now % EVERY_MS + EVERY_MS);
                // The end of the input is the end of event time: what changed last is written then.
                context.timerService().registerEventTimeTimer(Long.MAX_VALUE);
            }
            windows.add(view.f1);
        }

        @Override public void onTimer(long time, OnTimerContext context, Collector<Tuple3<String, Long, Long>> to) throws Exception {
            HashSet<Long> windows = changed.remove(context.getCurrentKey());
            if (windows == null) return;
            for (Long window : windows) to.collect(Tuple3.of(context.getCurrentKey(), window, counts.get(window)));
        }
    }

    /** Overwrites, so that repeated work would change nothing. What comes is sent, and its answers are awaited, every second and with each checkpoint. */
    static final class Store implements Sink<Tuple3<String, Long, Long>> {
        @Override public SinkWriter<Tuple3<String, Long, Long>> createWriter(WriterInitContext context) throws IOException {
            Redis redis = new Redis();
            ProcessingTimeService timers = context.getProcessingTimeService();
            return new SinkWriter<>() {
                private int waiting;
                private boolean isTimed;

                @Override public void write(Tuple3<String, Long, Long> count, Context unused) throws IOException {
                    redis.send("SET", prefix + count.f0 + "|" + count.f1, String.valueOf(count.f2));
                    if (++waiting == 1_000) flush(false);
                    if (isTimed) return;
                    isTimed = true;
                    timers.registerTimer(timers.getCurrentProcessingTime() + SEND_AFTER_MS, time -> {
                        isTimed = false;
                        flush(false);
                    });
                }
                @Override public void flush(boolean end) throws IOException {
                    for (; waiting > 0; waiting--) redis.answer();
                    if (!end) return;
                    ended_s = cpu_s();
                    ended_ns = System.nanoTime();
                }
                @Override public void close() throws IOException {
                    redis.close();
                }
            };
        }
    }

    /** As much of the protocol as is needed. */
    static final class Redis implements AutoCloseable {
        private final Socket socket = new Socket("127.0.0.1", Integer.parseInt(env("REDIS_PORT")));
        private final InputStream in = new BufferedInputStream(socket.getInputStream());
        private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();

        Redis() throws IOException {
            socket.setTcpNoDelay(true);
        }
        void send(String... words) throws IOException {
            waiting.writeBytes(("*" + words.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
            for (String word : words) waiting.writeBytes(("$" + word.length() + "\r\n" + word + "\r\n").getBytes(StandardCharsets.US_ASCII));
        }
        /** The next answer, as text; null: there is nothing under the key. */
        String answer() throws IOException {
            if (waiting.size() > 0) {
                OutputStream out = socket.getOutputStream();
                waiting.writeTo(out);
                out.flush();
                waiting.reset();
            }
            String line = line();
            if (line.startsWith("-")) throw new IOException(line);
            if (!line.startsWith("$")) return line.substring(1);
            return line.equals("$-1") ? null : line();
        }
        String call(String... words) throws IOException {
            send(words);
            return answer();
        }
        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int read; (read = in.read()) != '\r';) {
                if (read < 0) throw new IOException("Redis has closed the connection");
                line.append((char) read);
            }
            in.read();
            return line.toString();
        }
        @Override public void close() throws IOException {
            socket.close();
        }
    }

    /** One split per file; read and scanned in the thread of the task, the place in the file is in the checkpoint. */
    static final class Views implements Source<Tuple2<String, Long>, Split, Integer> {
        private final String[] files;

        Views(String[] files) {
            this.files = files;
        }
        @Override public Boundedness getBoundedness() {
            return Boundedness.BOUNDED;
        }
        @Override public SourceReader<Tuple2<String, Long>, Split> createReader(SourceReaderContext context) {
            return new Reader();
        }
        @Override public SplitEnumerator<Split, Integer> createEnumerator(SplitEnumeratorContext<Split> context) {
            return new Enumerator(context, files);
        }
        @Override public SplitEnumerator<Split, Integer> restoreEnumerator(SplitEnumeratorContext<Split> context, Integer state) {
            return new Enumerator(context, new String[0]);
        }
        @Override public SimpleVersionedSerializer<Split> getSplitSerializer() {
            return new SimpleVersionedSerializer<>() {
                @Override public int getVersion() {
                    return 1;
                }
                @Override public byte[] serialize(Split split) throws IOException {
                    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                    try (DataOutputStream out = new DataOutputStream(bytes)) {
                        out.writeUTF(split.file);
                        out.writeLong(split.position);
                    }
                    return bytes.toByteArray();
                }
                @Override public Split deserialize(int version, byte[] bytes) throws IOException {
                    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
                    return new Split(in.readUTF(), in.readLong());
                }
            };
        }
        @Override public SimpleVersionedSerializer<Integer> getEnumeratorCheckpointSerializer() {
            return new SimpleVersionedSerializer<>() {
                @Override public int getVersion() {
                    return 1;
                }
                @Override public byte[] serialize(Integer state) {
                    return new byte[0];
                }
                @Override public Integer deserialize(int version, byte[] bytes) {
                    return 0;
                }
            };
        }
    }

    static final class Split implements SourceSplit {
        final String file;
        final long position;

        Split(String file, long position) {
            this.file = file;
            this.position = position;
        }
        @Override public String splitId() {
            return file;
        }
    }

    static final class Enumerator implements SplitEnumerator<Split, Integer> {
        private final SplitEnumeratorContext<Split> context;
        private final String[] files;

        Enumerator(SplitEnumeratorContext<Split> context, String[] files) {
            this.context = context;
            this.files = files;
        }
        @Override public void start() {}
        @Override public void handleSplitRequest(int subtask, String host) {}
        @Override public void addSplitsBack(List<Split> splits, int subtask) {
            for (Split split : splits) context.assignSplit(split, subtask);
        }
        @Override public void addReader(int subtask) {
            for (int i = subtask; i < files.length; i += context.currentParallelism()) context.assignSplit(new Split(files[i], 0), subtask);
            context.signalNoMoreSplits(subtask);
        }
        @Override public Integer snapshotState(long checkpoint) {
            return 0;
        }
        @Override public void close() {}
    }

    static final class Reader implements SourceReader<Tuple2<String, Long>, Split> {
        private static final byte[] VIEW = "\"event_type\":\"view\"".getBytes(StandardCharsets.US_ASCII);
        private static final byte[] AD = "\"ad_id\":\"".getBytes(StandardCharsets.US_ASCII);
        private static final byte[] TIME = "\"event_time\":\"".getBytes(StandardCharsets.US_ASCII);
        private static final int PER_POLL = 64;
        private final ArrayDeque<Split> splits = new ArrayDeque<>();
        private final Map<String, String> campaigns = new HashMap<>();
        private CompletableFuture<Void> available = new CompletableFuture<>();
        private boolean noMore;
        private byte[] bytes = new byte[1 << 20];
        private int from, to;
        private RandomAccessFile in;
        private String file;
        private Redis redis;

        @Override public void start() {}
        @Override public void addSplits(List<Split> added) {
            splits.addAll(added);
            available.complete(null);
        }
        @Override public void notifyNoMoreSplits() {
            noMore = true;
            available.complete(null);
        }
        @Override public CompletableFuture<Void> isAvailable() {
            return available;
        }
        @Override public InputStatus pollNext(ReaderOutput<Tuple2<String, Long>> out) throws Exception {
            if (in == null && !open()) {
                if (noMore) return InputStatus.END_OF_INPUT;
                available = new CompletableFuture<>();
                return InputStatus.NOTHING_AVAILABLE;
            }
            if (began_s == 0) begin();
            long read = 0;
            for (; read < PER_POLL; read++) {
                int end = from;
                while (end < to && bytes[end] != '\n') end++;
                if (end == to) {
                    if (fill()) {
                        read--;
                        continue;
                    }
                    close();
                    break;
                }
                view(from, end, out);
                from = end + 1;
            }
            READ.add(read);
            if (!isPastHalf && READ.sum() >= half) halfway();
            return InputStatus.MORE_AVAILABLE;
        }
        private void view(int begin, int end, ReaderOutput<Tuple2<String, Long>> out) throws IOException {
            if (find(VIEW, begin, end) < 0) return;
            int ad = find(AD, begin, end) + AD.length;
            int quote = ad;
            while (bytes[quote] != '"') quote++;
            long time = 0;
            for (int at = find(TIME, begin, end) + TIME.length; bytes[at] != '"'; at++) time = time * 10 + bytes[at] - '0';
            String campaign = campaignOf(new String(bytes, ad, quote - ad, StandardCharsets.ISO_8859_1));
            if (campaign != null) out.collect(Tuple2.of(campaign, time - time % WINDOW_MS), time);
        }
        private String campaignOf(String ad) throws IOException {
            String known = campaigns.get(ad);
            if (known != null) return known;
            if (redis == null) redis = new Redis();
            String found = redis.call("HGET", prefix + "ads", ad);
            if (found != null) campaigns.put(ad, found);
            return found;
        }
        private int find(byte[] what, int begin, int end) {
            return indexOf(bytes, what, begin, end);
        }
        private boolean open() throws IOException {
            Split split = splits.poll();
            if (split == null) return false;
            file = split.file;
            in = new RandomAccessFile(file, "r");
            in.seek(split.position);
            from = to = 0;
            return true;
        }
        private boolean fill() throws IOException {
            int rest = to - from;
            System.arraycopy(bytes, from, bytes, 0, rest);
            from = 0;
            to = rest;
            int read = in.read(bytes, to, bytes.length - to);
            if (read <= 0) return false;
            to += read;
            return true;
        }
        @Override public List<Split> snapshotState(long checkpoint) {
            List<Split> all = new java.util.ArrayList<>(splits);
            try {
                if (in != null) all.add(0, new Split(file, in.getFilePointer() - (to - from)));
            } catch (IOException error) {
                throw new java.io.UncheckedIOException(error);
            }
            return all;
        }
        @Override public void close() throws IOException {
            if (in != null) in.close();
            in = null;
            if (redis != null) redis.close();
            redis = null;
        }
    }

    static int indexOf(byte[] bytes, byte[] what, int begin, int end) {
        byte first = what[0];
        for (int at = begin; at <= end - what.length; at++) {
            if (bytes[at] != first) continue;
            int same = 1;
            while (same < what.length && bytes[at + same] == what[same]) same++;
            if (same == what.length) return at;
        }
        return -1;
    }

    static synchronized void begin() throws IOException {
        if (began_s != 0) return;
        began_s = cpu_s();
        began_ns = System.nanoTime();
    }

    static volatile boolean isPastHalf;
    static synchronized void halfway() throws IOException {
        if (isPastHalf) return;
        isPastHalf = true;
        half_s = cpu_s();
    }

    /** User and system time of this process. */
    static double cpu_s() throws IOException {
        String stat = Files.readString(Path.of("/proc/self/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / 100.0;
    }

    static long rss_mb() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status")))
            if (line.startsWith("VmHWM:")) return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
        return -1;
    }
}
