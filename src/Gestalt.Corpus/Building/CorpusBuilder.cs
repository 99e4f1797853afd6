using System.Text;

namespace Gestalt.Corpus;

/// <summary>
/// Turns what people have (crawls, pages, books, JSONL) into a corpus: clean documents, each once, some held out, and a report
/// that accounts for everything that was left out. The same input gives the same bytes whatever the number of threads.
/// </summary>
public static class CorpusBuilder
{
    /// <summary>Progress is told after this many documents.</summary>
    private const int ProgressInterval = 64;

    /// <summary>Builds a corpus.</summary>
    /// <param name="inputs">Files, folders, globs or <c>-</c>; see <see cref="InputFiles.Find"/>.</param>
    /// <param name="folder">Where the corpus goes; files of an earlier one are replaced once the new one is complete.</param>
    /// <param name="options">How to judge and what to hold out; null for the defaults.</param>
    /// <param name="progress">Told now and then how far the work is.</param>
    /// <param name="cancellation">Stops the work; the folder then holds what it held before.</param>
    /// <exception cref="CorpusException">An input is missing, no usable text was found, or the folder cannot be written.</exception>
    public static CorpusFolder Build(
        IReadOnlyList<string> inputs, string folder, CorpusOptions? options = null, IProgress<CorpusProgress>? progress = null, CancellationToken cancellation = default)
    {
        IReadOnlyList<string> files = InputFiles.Find(inputs);
        return CorpusException.Guard("write the corpus to", folder, () =>
        {
            Directory.CreateDirectory(folder);
            var work = new Work(inputs, files, folder, options ?? new CorpusOptions(), progress);
            try
            {
                return work.Run(cancellation);
            }
            finally
            {
                work.RemovePartialFiles();
            }
        });
    }

    private sealed class Work(IReadOnlyList<string> inputs, IReadOnlyList<string> files, string folder, CorpusOptions options, IProgress<CorpusProgress>? progress)
    {
        private readonly string allPath = Path.Combine(folder, "kept.partial");
        private readonly string trainingPath = Path.Combine(folder, CorpusFolder.TrainingFile + ".partial");
        private readonly string heldOutPath = Path.Combine(folder, CorpusFolder.HeldOutFile + ".partial");
        private readonly DropLog drops = new();
        private readonly List<KeptDocument> kept = [];
        private readonly HashSet<DocumentId> ids = [];
        private readonly NearDuplicates near = new(options.DeduplicationBytes);
        private readonly List<int> nearIndexToKept = [];
        private long documentsRead;
        private long problems;
        private long repaired;
        private long replaced;

        public CorpusFolder Run(CancellationToken cancellation)
        {
            KeepDocuments(cancellation);
            if (kept.Count == 0)
                throw NothingFound();
            var choice = HoldOutChoice.Make(options.HoldOut, kept);
            (Tally training, Tally heldOut) = Split(choice, cancellation);
            if (training.Bytes == 0)
                throw new CorpusException($"the text in {Named()} is too short to hold any of it out ({heldOut.Bytes:N0} bytes). Give more text, or --hold-out none.");
            string report = Report(choice, training, heldOut).ToJson();
            Publish(report);
            return CorpusFolder.Open(folder);
        }

        public void RemovePartialFiles()
        {
            foreach (string path in (ReadOnlySpan<string>)[allPath, trainingPath, heldOutPath])
                File.Delete(path);
        }

        private void KeepDocuments(CancellationToken cancellation)
        {
            var reader = new InputReader(options.Limits, problem =>
            {
                problems++;
                drops.Add(problem.Reason, problem.Source, null, problem.Detail);
            });
            var cleaner = new DocumentCleaner(options);
            long? total = TotalBytes();
            using FileStream all = Create(allPath);
            foreach ((CleanedDocument document, byte[]? line) in OrderedParallel.Map(reader.Read(files), raw => raw.Body.Length, Prepare, options.Threads, cancellation))
            {
                documentsRead++;
                Keep(document, line, all);
                if (documentsRead % ProgressInterval == 0)
                    progress?.Report(new CorpusProgress(reader.BytesRead, total, documentsRead, kept.Count));
            }

            progress?.Report(new CorpusProgress(reader.BytesRead, total, documentsRead, kept.Count));

            (CleanedDocument, byte[]?) Prepare(RawDocument raw)
            {
                CleanedDocument document = cleaner.Clean(raw);
                return (document, document.Document is null ? null : DocumentLine.Write(document.Document));
            }
        }

        /// <summary>The steps that look at other documents. They run on one thread, in the order of the input.</summary>
        private void Keep(CleanedDocument cleaned, byte[]? line, FileStream all)
        {
            if ((cleaned.Drop ?? FindDuplicate(cleaned)) is { } drop)
            {
                drops.Add(drop.Reason, cleaned.Raw.Source, cleaned.Raw.Url, drop.Detail);
                return;
            }

            Document document = cleaned.Document!;
            kept.Add(new KeptDocument(document.Source, cleaned.Id, Encoding.UTF8.GetByteCount(document.Text)));
            repaired += cleaned.Repaired ? 1 : 0;
            replaced += cleaned.Replaced;
            all.Write(line);
        }

        private Drop? FindDuplicate(CleanedDocument cleaned)
        {
            if (!ids.Add(cleaned.Id))
                return new Drop("duplicate.exact", "the same text came earlier");
            if (cleaned.Signature is null)
                return null;
            int remembered = near.Count;
            int original = near.FindOrAdd(cleaned.Signature, out double similarity);
            if (original >= 0)
                return new Drop("duplicate.near", $"about {similarity:P0} of its runs of five words stand in '{kept[nearIndexToKept[original]].Source}'");
            if (near.Count > remembered)
                nearIndexToKept.Add(kept.Count);
            return null;
        }

        /// <summary>Copies the kept documents to the two files that they belong to.</summary>
        private (Tally Training, Tally HeldOut) Split(HoldOutChoice choice, CancellationToken cancellation)
        {
            using FileStream training = Create(trainingPath);
            using FileStream heldOut = Create(heldOutPath);
            using FileStream all = new(allPath, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
            Tally trainingTally = new(0, 0);
            Tally heldOutTally = new(0, 0);
            var lines = new ByteReader(all);
            for (int index = 0; index < kept.Count && lines.TryReadLine(Array.MaxLength / 2, out ReadOnlySpan<byte> line, out _); index++)
            {
                cancellation.ThrowIfCancellationRequested();
                if (choice.LastParts)
                {
                    Document document = DocumentLine.Parse(line)!;
                    int cut = HoldOutChoice.CutPoint(document.Text);
                    trainingTally = Write(training, document, document.Text[..cut], trainingTally);
                    heldOutTally = Write(heldOut, document, document.Text[cut..], heldOutTally);
                }
                else if (choice.HeldOut[index])
                {
                    heldOutTally = Copy(line, kept[index].Bytes, heldOut, heldOutTally);
                }
                else
                {
                    trainingTally = Copy(line, kept[index].Bytes, training, trainingTally);
                }
            }

            return (trainingTally, heldOutTally);
        }

        private static Tally Copy(ReadOnlySpan<byte> line, long textBytes, FileStream file, Tally tally)
        {
            file.Write(line);
            file.WriteByte((byte)'\n');
            return new Tally(tally.Documents + 1, tally.Bytes + textBytes);
        }

        private static Tally Write(FileStream file, Document document, string text, Tally tally)
        {
            if (text.Length == 0)
                return tally;
            file.Write(DocumentLine.Write(document with { Text = text }));
            return new Tally(tally.Documents + 1, tally.Bytes + Encoding.UTF8.GetByteCount(text));
        }

        private CorpusReport Report(HoldOutChoice choice, Tally training, Tally heldOut)
        {
            var notices = new List<string>();
            if (near.Full)
                notices.Add($"the memory for near-duplicates was full after {near.Count:N0} documents: later ones were compared with those only");
            return new CorpusReport
            {
                Inputs = inputs,
                DocumentsRead = documentsRead + problems,
                Training = training,
                HeldOut = heldOut,
                HoldOutRule = choice.Rule,
                Dropped = drops.Tallies(),
                Repaired = repaired,
                PersonalDataReplaced = replaced,
                Notices = notices,
            };
        }

        /// <summary>Puts the files in place; the report comes last, so that a folder with a report is whole.</summary>
        private void Publish(string report)
        {
            string reportPath = Path.Combine(folder, CorpusFolder.ReportFile);
            File.WriteAllText(reportPath + ".partial", report);
            File.Delete(reportPath);
            File.Move(trainingPath, Path.Combine(folder, CorpusFolder.TrainingFile), overwrite: true);
            File.Move(heldOutPath, Path.Combine(folder, CorpusFolder.HeldOutFile), overwrite: true);
            File.Move(reportPath + ".partial", reportPath);
        }

        private CorpusException NothingFound()
        {
            IReadOnlyList<DropTally> tallies = drops.Tallies();
            if (tallies.Count == 0)
                return new CorpusException($"there is no text in {Named()}. Give files with text in them.");
            DropExample example = tallies[0].Examples[0];
            return tallies is [{ Documents: 1 }]
                ? new CorpusException($"'{example.Source}' cannot be used: {example.Detail}.")
                : new CorpusException($"no usable text in {Named()}: all {drops.Total:N0} documents were left out, most for '{tallies[0].Reason}' (as '{example.Source}': {example.Detail}). Give other text, or --profile gentle.");
        }

        private string Named() => inputs.Count == 1 ? $"'{inputs[0]}'" : $"the {inputs.Count} inputs";

        private long? TotalBytes() => files.Contains(InputFiles.StandardInput) ? null : files.Sum(file => new FileInfo(file).Length);

        private static FileStream Create(string path) => new(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
    }
}
