namespace Gestalt.Tensors;

/// <content>
/// A linear layer with a low-rank update, the residual connection fused in: y = g (x Wᵀ + s (x̃ Aᵀ) Bᵀ) [+ b] [+ r]; x̃ is x with some values left out where there is dropout, g is 1 for LoRA
/// (arXiv 2106.09685) and m / ‖W + s B A‖ by rows for DoRA (arXiv 2402.09353), whose lengths count as constants.
/// Gradients, with u = y before g, b and r, h = s x̃ Aᵀ and dz = g dy: dB = dzᵀ h, dh = s dz B, dA = dhᵀ x̃, dx = dz W + dh A, dm = Σ dy u / ‖·‖, dr = dy. W itself is frozen.
/// </content>
public sealed unsafe partial class Tape
{
    /// <summary>The layer while the tape records: all rows go through one update.</summary>
    private Tensor Adapted(Tensor x, Parameter weight, LowRankUpdate update, Parameter? bias, Tensor? residual, bool spends, bool endsBlock)
    {
        (int outputs, int rows) = (weight.Shape[0], x.Shape.Rows);
        Tensor reading = update.Dropout > 0 && AdapterRows!.DropoutKey is ulong key ? Dropout(x, update, key) : x;
        bool isRead = !(endsBlock && _reruns);
        Tensor y = isRead ? New(x.Shape.WithWidth(outputs), requiresGradient: true) : Unread(x.Shape.WithWidth(outputs));
        Tensor h = New(new Shape(rows, update.Rank));
        Tensor? plain = update.Magnitude is null ? null : New(y.Shape);
        Reduce(update, reading.Data, rows, h.Data);
        if (plain is not null)
        {
            Product(weight, x.Data, rows, plain.Data);
            Expand(update, h.Data, rows, plain.Data);
        }

        if (isRead)
        {
            if (plain is not null)
            {
                Stretch(update, plain.Data, rows, y.Data, bias, residual is null ? null : residual.Data);
            }
            else
            {
                if (residual is not null)
                {
                    Device.Copy(residual.Data, y.Data, y.Shape.Length);
                }

                Product(weight, x.Data, rows, y.Data, accumulate: residual is not null, bias);
                Expand(update, h.Data, rows, y.Data);
            }
        }

        LowRankOperation operation = Record<LowRankOperation>(y, h);
        (operation.Input, operation.Reading, operation.Weight, operation.Update, operation.Bias, operation.Residual, operation.Plain, operation.Spends) =
            (x, reading, weight, update, bias, residual, plain, spends);
        return y;
    }

    /// <summary>
    /// Brings in what adapters make of rows that were multiplied by the plain weight; for a tape that does not record, be it in use or because a block will be run again in backward.
    /// </summary>
    private void AddUpdates(Parameter weight, Tensor x, Tensor y, Parameter? bias, Tensor? residual)
    {
        if (AdapterRows is null or { IsEmpty: true })
        {
            return;
        }

        (int outputs, int inputs) = (weight.Shape[0], weight.Shape[1]);
        foreach ((IReadOnlyDictionary<Parameter, LowRankUpdate> updates, int first, int count) in AdapterRows.Members)
        {
            int rows = Math.Min(count, x.Shape.Rows - first);
            if (rows <= 0 || !updates.TryGetValue(weight, out LowRankUpdate? update))
            {
                continue;
            }

            int mark = TensorCount;
            Tensor reading = update.Dropout > 0 && AdapterRows.DropoutKey is ulong key ? Dropout(x, update, key) : x;
            float* input = x.Data + ((long)first * inputs), read = reading.Data + ((long)first * inputs), output = y.Data + ((long)first * outputs);
            float* h = New(new Shape(rows, update.Rank)).Data;
            if (update.Magnitude is null)
            {
                Update(update, read, rows, h, output);
            }
            else
            {
                // The rows' lengths change the plain product, too, from which bias and residual have to be kept apart.
                float* u = New(new Shape(rows, outputs)).Data;
                Product(weight, input, rows, u);
                Update(update, read, rows, h, u);
                Stretch(update, u, rows, output, bias, residual is null ? null : residual.Data + ((long)first * outputs));
            }

            ReleaseSince(mark, keep: null);
        }
    }

    /// <summary>h(m,r) = s x Aᵀ; u(m,out) += h Bᵀ.</summary>
    private void Update(LowRankUpdate update, float* x, int m, float* h, float* u)
    {
        Reduce(update, x, m, h);
        Expand(update, h, m, u);
    }

    /// <summary>h(m,r) = s x Aᵀ.</summary>
    private void Reduce(LowRankUpdate update, float* x, int m, float* h)
    {
        (int inputs, int rank) = (update.Weight.Shape[1], update.Rank);
        Device.Multiply(false, true, m, rank, inputs, x, inputs, update.Down.Data, inputs, h, rank);
        Device.Scale(h, update.Scale, (long)m * rank);
    }

    /// <summary>u(m,out) += h Bᵀ.</summary>
    private void Expand(LowRankUpdate update, float* h, int m, float* u)
    {
        (int outputs, int rank) = (update.Weight.Shape[0], update.Rank);
        Device.Multiply(false, true, m, outputs, rank, h, rank, update.Up.Data, rank, u, outputs, accumulate: true);
    }

    /// <summary>y = g u [+ b] [+ r] with g = m / ‖·‖.</summary>
    private static void Stretch(LowRankUpdate update, float* u, int rows, float* y, Parameter? bias, float* residual)
    {
        int outputs = update.Weight.Shape[0];
        for (int row = 0; row < rows; row++)
        {
            long at = (long)row * outputs;
            for (int o = 0; o < outputs; o++)
            {
                float value = update.Magnitude!.Data[o] / update.Lengths[o] * u[at + o];
                y[at + o] = value + (bias is null ? 0 : bias.Data[o]) + (residual is null ? 0 : residual[at + o]);
            }
        }
    }

    /// <summary>x with some values left out, others for other weights and steps.</summary>
    private Tensor Dropout(Tensor x, LowRankUpdate update, ulong key)
    {
        Tensor y = New(x.Shape, x.RequiresGradient);
        foreach (char letter in update.Weight.Name)
        {
            key = RandomBits.Key(key, letter);
        }

        long first = (long)_firstRow * x.Shape.Width;
        Device.Dropout(x.Data, y.Data, first, x.Shape.Length, update.Dropout, key);
        if (Recording && x.RequiresGradient)
        {
            DropoutOperation operation = Record<DropoutOperation>(y);
            (operation.Input, operation.First, operation.Share, operation.Key) = (x, first, update.Dropout, key);
        }

        return y;
    }

    private sealed class LowRankOperation : Operation
    {
        public Tensor Input = null!;
        public Tensor Reading = null!;
        public Parameter Weight = null!;
        public LowRankUpdate Update = null!;
        public Parameter? Bias;
        public Tensor? Residual;
        public Tensor? Plain;
        public bool Spends;

        public override void Backward(Tape tape)
        {
            Device device = tape.Device;
            (int rows, int outputs, int inputs, int rank) = (Output.Shape.Rows, Weight.Shape[0], Weight.Shape[1], Update.Rank);
            int mark = tape.TensorCount;
            float* h = Saved!.Data;
            float* dz = Plain is null ? Output.Gradient : GradientBeforeStretch(tape, Plain);
            if (Update.Up.Trainable)
            {
                float* dUp = tape.GradientToOverwrite(Update.Up, out bool add);
                device.Multiply(true, false, outputs, rank, rows, dz, outputs, h, rank, dUp, rank, add);
            }

            float* dh = tape.New(new Shape(rows, rank)).Data;
            device.Multiply(false, false, rows, rank, outputs, dz, outputs, Update.Up.Data, rank, dh, rank);
            device.Scale(dh, Update.Scale, (long)rows * rank);
            if (Update.Down.Trainable)
            {
                float* dDown = tape.GradientToOverwrite(Update.Down, out bool add);
                device.Multiply(true, false, rank, inputs, rows, dh, rank, Reading.Data, inputs, dDown, inputs, add);
            }

            if (Spends && CanSpend(Input))
            {
                tape.ReleaseData(Input);
            }

            if (Input.RequiresGradient)
            {
                float* dx = tape.GradientToOverwrite(Input, out bool add);
                tape.MultiplyByWeight(Weight, dz, rows, dx, add);
            }

            if (Reading.RequiresGradient)
            {
                float* dReading = tape.GradientToOverwrite(Reading, out bool add);
                device.Multiply(false, false, rows, inputs, rank, dh, rank, Update.Down.Data, inputs, dReading, inputs, add);
            }

            tape.ReleaseSince(mark, keep: null);
            if (Plain is not null)
            {
                tape.Release(Plain);
            }

            if (Bias is { Trainable: true })
            {
                device.BiasGradient(Output.Gradient, Bias.Gradient, rows, outputs);
            }

            if (Residual is { RequiresGradient: true })
            {
                tape.PassGradient(Output, Residual);
            }
        }

        protected override void Forget() =>
            (Input, Reading, Weight, Update, Bias, Residual, Plain) = (null!, null!, null!, null!, null, null, null);

        /// <summary>dm += Σ dy u / ‖·‖, and dz = g dy in place of u, which nobody needs any more.</summary>
        private float* GradientBeforeStretch(Tape tape, Tensor plain)
        {
            (int rows, int outputs) = (Output.Shape.Rows, Weight.Shape[0]);
            float* dy = Output.Gradient;
            float* magnitude = Update.Magnitude!.Data;
            float* lengths = Update.Lengths;
            float* dm = GradientOf(Update.Magnitude);
            for (int row = 0; row < rows; row++)
            {
                long at = (long)row * outputs;
                for (int o = 0; o < outputs; o++)
                {
                    if (dm is not null)
                    {
                        dm[o] += dy[at + o] * plain.Data[at + o] / lengths[o];
                    }

                    plain.Data[at + o] = magnitude[o] / lengths[o] * dy[at + o];
                }
            }

            return plain.Data;
        }
    }

    private sealed class DropoutOperation : Operation
    {
        public Tensor Input = null!;
        public long First;
        public float Share;
        public ulong Key;

        public override void Backward(Tape tape)
        {
            tape.Device.Dropout(Output.Gradient, Output.Gradient, First, Output.Shape.Length, Share, Key);
            tape.PassGradient(Output, Input);
        }

        protected override void Forget() => Input = null!;
    }
}
