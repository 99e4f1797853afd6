namespace Gestalt.Text;

/// <summary>Writes a file so that its name never shows half of it: beside, to disk, and renamed into place.</summary>
internal static class WholeFile
{
    /// <summary>Writes what <paramref name="content"/> writes; if that fails, the old file, if any, stays.</summary>
    public static void Write(string path, Action<Stream> content)
    {
        string beside = path + ".new";
        try
        {
            using (FileStream stream = new(beside, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
            {
                content(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(beside, path, overwrite: true);
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }
}
