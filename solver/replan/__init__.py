"""What changes after the lottery (抽取后的调整): who may follow whom, and which visits go on which day instead."""
